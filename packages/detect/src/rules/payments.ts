import { named, token } from './row.ts'

/** Rules for payment, shop and shipping services. */
export const paymentRules: readonly string[] = [
  token('stripe-live-secret-key', 'Stripe live secret key', 'sk_(?:live|prod)_[A-Za-z0-9]{24,107}', { structure: 'not-hex', keywords: ['sk_live_', 'sk_prod_'] }),
  token('stripe-test-secret-key', 'Stripe test secret key', 'sk_test_[A-Za-z0-9]{24,107}', { structure: 'not-hex' }),
  token('stripe-live-restricted-key', 'Stripe live restricted key', 'rk_(?:live|prod)_[A-Za-z0-9]{24,107}', { keywords: ['rk_live_', 'rk_prod_'] }),
  token('stripe-test-restricted-key', 'Stripe test restricted key', 'rk_test_[A-Za-z0-9]{24,107}'),
  token('stripe-webhook-secret', 'Stripe webhook signing secret', 'whsec_[A-Za-z0-9]{32,64}'),
  token('shopify-access-token', 'Shopify access token', 'shpat_[a-fA-F0-9]{32}', { entropy: 2.5 }),
  token('shopify-custom-app-token', 'Shopify custom app token', 'shpca_[a-fA-F0-9]{32}', { entropy: 2.5 }),
  token('shopify-private-app-token', 'Shopify private app token', 'shppa_[a-fA-F0-9]{32}', { entropy: 2.5 }),
  token('shopify-shared-secret', 'Shopify shared secret', 'shpss_[a-fA-F0-9]{32}', { entropy: 2.5 }),
  token('square-access-token', 'Square access token', String.raw`EAAA[\w-]{60}`, { entropy: 3.5 }),
  token('square-oauth-secret', 'Square OAuth secret', String.raw`sq0csp-[\w-]{43}`),
  token('square-personal-token', 'Square personal access token', String.raw`sq0atp-[\w-]{22}`),
  token('razorpay-live-key', 'Razorpay live key id', 'rzp_live_[A-Za-z0-9]{14}', { entropy: 2.5 }),
  token('razorpay-test-key', 'Razorpay test key id', 'rzp_test_[A-Za-z0-9]{14}', { entropy: 2.5 }),
  token('shippo-live-token', 'Shippo live token', 'shippo_live_[a-f0-9]{40}', { entropy: null }),
  token('shippo-test-token', 'Shippo test token', 'shippo_test_[a-f0-9]{40}', { entropy: null }),
  token('easypost-production-key', 'EasyPost production API key', 'EZAK[A-Za-z0-9]{54}', { entropy: 3.5 }),
  token('easypost-test-key', 'EasyPost test API key', 'EZTK[A-Za-z0-9]{54}', { entropy: 3.5 }),
  token('duffel-live-token', 'Duffel live token', String.raw`duffel_live_[\w-]{43}`),
  token('duffel-test-token', 'Duffel test token', String.raw`duffel_test_[\w-]{43}`),
  named('paypal-client-secret', 'PayPal client secret', ['paypal'], String.raw`E[\w-]{79}`, { entropy: 4 }),
  token('flutterwave-secret-key', 'Flutterwave secret key', 'FLWSECK(?:_TEST)?-[a-f0-9]{32}-X', { keywords: ['flwseck'] }),
  named('paystack-secret-key', 'Paystack secret key', ['paystack'], 'sk_(?:live|test)_[a-f0-9]{40}'),
  named('mollie-api-key', 'Mollie API key', ['mollie'], '(?:live|test)_[A-Za-z0-9]{30}', { entropy: 3.6 }),
  named('gocardless-token', 'GoCardless access token', ['gocardless'], String.raw`(?:live|sandbox)_[\w-]{40}`, { entropy: 3.6 }),
  token('paddle-api-key', 'Paddle API key', 'pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}', { keywords: ['pdl_live_', 'pdl_sdbx_'] }),
  token('polar-access-token', 'Polar access token', 'polar_(?:oat|pat|at_[a-z])_[A-Za-z0-9]{36,50}', { keywords: ['polar_oat_', 'polar_pat_', 'polar_at_'] }),
  named('razorpay-key-secret', 'Razorpay key secret', ['razorpay'], '[A-Za-z0-9]{24}', { entropy: 3.6 }),
  named('lob-api-key', 'Lob API key', ['lob[_.-]?api', 'lob'], '(?:live|test)_[a-f0-9]{35}', { keywords: ['lob'] }),
  named('coinbase-secret', 'Coinbase API secret', ['coinbase'], '[A-Za-z0-9]{32}', { entropy: 3.6 }),
  named('binance-secret-key', 'Binance API key', ['binance'], '[A-Za-z0-9]{64}', { entropy: 4 }),
  named('kraken-private-key', 'Kraken private key', ['kraken'], '[A-Za-z0-9+/]{86}==', { entropy: 4 }),
  named('etherscan-api-key', 'Etherscan API key', ['etherscan', 'bscscan', 'polygonscan'], '[A-Z0-9]{34}', { entropy: 3.5 }),
  named('infura-project-secret', 'Infura key', ['infura'], '[a-f0-9]{32}'),
  named('alchemy-api-key', 'Alchemy API key', ['alchemy'], String.raw`[\w-]{32}`, { entropy: 3.8 }),
  named('ethereum-private-key', 'Ethereum private key', ['private[_.-]?key', 'privkey', 'deployer[_.-]?key', 'wallet[_.-]?key', 'mnemonic[_.-]?key', 'eth[_.-]?key'], '(?:0x)?[a-f0-9]{64}', { keywords: ['private', 'privkey', 'deployer', 'wallet', 'eth'], entropy: 3.2, examples: ['DEPLOYER_PRIVATE_KEY=0x«[a-f0-9]{64}»', 'privateKey: "«[a-f0-9]{64}»"'] }),
  token('bitcoin-extended-key', 'Bitcoin extended private key', '[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107}', { keywords: ['prv'], entropy: 4 }),
  named('bitcoin-wif-key', 'Bitcoin private key', ['wif', 'private[_.-]?key', 'bitcoin'], '[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}', { structure: 'base58-check', examples: ['wif = "«!wif»"'], keywords: ['wif', 'private', 'bitcoin'] }),
  named('stellar-secret-seed', 'Stellar secret seed', ['stellar', 'seed', 'secret'], 'S[A-D][A-Z2-7]{54}', { structure: 'stellar-seed', examples: ['STELLAR_SECRET=«!stellar»'] }),
  token('nostr-secret-key', 'Nostr secret key', 'nsec1[ac-hj-np-z02-9]{58}'),
  token('ebay-cert-id', 'eBay certificate id', '(?:PRD|SBX)-[a-f0-9]{12}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}', { keywords: ['prd-', 'sbx-'] }),
  token('woocommerce-consumer-secret', 'WooCommerce consumer secret', 'cs_[a-f0-9]{40}'),
  token('woocommerce-consumer-key', 'WooCommerce consumer key', 'ck_[a-f0-9]{40}'),
  named('etsy-api-key', 'Etsy API key', ['etsy'], '[a-z0-9]{24}', { entropy: 3.3 }),
  token('xendit-secret-key', 'Xendit secret key', 'xnd_(?:production|development)_[A-Za-z0-9]{40,80}', { keywords: ['xnd_production_', 'xnd_development_'] }),
  token('asaas-api-key', 'Asaas API key', String.raw`aact_(?:prod|hmlg)_[\w:-]{20,200}`, { keywords: ['aact_prod_', 'aact_hmlg_'] }),
  token('mercury-api-token', 'Mercury API token', 'mercury_production_[a-z]{3,6}_[A-Za-z0-9]{40,50}_yrucrem'),
  token('ramp-client-secret', 'Ramp client secret', 'ramp_sec_[A-Za-z0-9]{48}'),
  token('flutterwave-encryption-key', 'Flutterwave encryption key', 'FLWSECK_TEST[a-f0-9]{12}'),
  named('checkout-secret-key', 'Checkout.com secret key', ['checkout'], 'sk_(?:test_)?[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}'),
  token('persona-api-key', 'Persona API key', 'persona_(?:production|sandbox)_[a-z0-9-]{20,80}', { keywords: ['persona_production_', 'persona_sandbox_'] }),
  String.raw`[[rules]]
id = "braintree-access-token"
description = "PayPal Braintree access token"
regex = '''(access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32})\b'''
keywords = ["access_token$production"]
examples = ['''access_token$production$«[a-z0-9]{16}»$«[a-f0-9]{32}»''']
counterexamples = ['''access_token$sandbox$«[a-z0-9]{16}»$«[a-f0-9]{32}»''', '''access_token$production$«[a-z0-9]{6}»''']
`,
  String.raw`[[rules]]
id = "plaid-access-token"
description = "Plaid access token"
regex = '''\b(access-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})\b'''
keywords = ["access-"]
examples = ['''access-production-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''access-production-«[a-f0-9]{8}»''', '''access-other-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
`,
]
