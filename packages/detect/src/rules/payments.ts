/** Rules for payment, shop and shipping services, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const paymentRules = String.raw`
[[rules]]
id = "stripe-live-secret-key"
description = "Stripe live secret key"
regex = '''\b(sk_live_[A-Za-z0-9]{24,107})\b'''
keywords = ["sk_live_"]
entropy = 3
examples = ['''API_TOKEN="sk_live_«[A-Za-z0-9]{24,107}»"''', '''token: sk_live_«[A-Za-z0-9]{24,107}»''']
counterexamples = ['''API_TOKEN="sk_live_«[A-Za-z0-9]{23}»"''', '''token: sk_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "stripe-test-secret-key"
description = "Stripe test secret key"
regex = '''\b(sk_test_[A-Za-z0-9]{24,107})\b'''
keywords = ["sk_test_"]
entropy = 3
examples = ['''API_TOKEN="sk_test_«[A-Za-z0-9]{24,107}»"''', '''token: sk_test_«[A-Za-z0-9]{24,107}»''']
counterexamples = ['''API_TOKEN="sk_test_«[A-Za-z0-9]{23}»"''', '''token: sk_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "stripe-live-restricted-key"
description = "Stripe live restricted key"
regex = '''\b(rk_live_[A-Za-z0-9]{24,107})\b'''
keywords = ["rk_live_"]
entropy = 3
examples = ['''API_TOKEN="rk_live_«[A-Za-z0-9]{24,107}»"''', '''token: rk_live_«[A-Za-z0-9]{24,107}»''']
counterexamples = ['''API_TOKEN="rk_live_«[A-Za-z0-9]{23}»"''', '''token: rk_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "stripe-test-restricted-key"
description = "Stripe test restricted key"
regex = '''\b(rk_test_[A-Za-z0-9]{24,107})\b'''
keywords = ["rk_test_"]
entropy = 3
examples = ['''API_TOKEN="rk_test_«[A-Za-z0-9]{24,107}»"''', '''token: rk_test_«[A-Za-z0-9]{24,107}»''']
counterexamples = ['''API_TOKEN="rk_test_«[A-Za-z0-9]{23}»"''', '''token: rk_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "stripe-webhook-secret"
description = "Stripe webhook signing secret"
regex = '''\b(whsec_[A-Za-z0-9]{32,64})\b'''
keywords = ["whsec_"]
entropy = 3
examples = ['''API_TOKEN="whsec_«[A-Za-z0-9]{32,64}»"''', '''token: whsec_«[A-Za-z0-9]{32,64}»''']
counterexamples = ['''API_TOKEN="whsec_«[A-Za-z0-9]{31}»"''', '''token: whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shopify-access-token"
description = "Shopify access token"
regex = '''\b(shpat_[a-fA-F0-9]{32})\b'''
keywords = ["shpat_"]
entropy = 2.5
examples = ['''API_TOKEN="shpat_«[a-fA-F0-9]{32}»"''', '''token: shpat_«[a-fA-F0-9]{32}»''']
counterexamples = ['''API_TOKEN="shpat_«[a-fA-F0-9]{31}»"''', '''token: shpat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shopify-custom-app-token"
description = "Shopify custom app token"
regex = '''\b(shpca_[a-fA-F0-9]{32})\b'''
keywords = ["shpca_"]
entropy = 2.5
examples = ['''API_TOKEN="shpca_«[a-fA-F0-9]{32}»"''', '''token: shpca_«[a-fA-F0-9]{32}»''']
counterexamples = ['''API_TOKEN="shpca_«[a-fA-F0-9]{31}»"''', '''token: shpca_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shopify-private-app-token"
description = "Shopify private app token"
regex = '''\b(shppa_[a-fA-F0-9]{32})\b'''
keywords = ["shppa_"]
entropy = 2.5
examples = ['''API_TOKEN="shppa_«[a-fA-F0-9]{32}»"''', '''token: shppa_«[a-fA-F0-9]{32}»''']
counterexamples = ['''API_TOKEN="shppa_«[a-fA-F0-9]{31}»"''', '''token: shppa_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shopify-shared-secret"
description = "Shopify shared secret"
regex = '''\b(shpss_[a-fA-F0-9]{32})\b'''
keywords = ["shpss_"]
entropy = 2.5
examples = ['''API_TOKEN="shpss_«[a-fA-F0-9]{32}»"''', '''token: shpss_«[a-fA-F0-9]{32}»''']
counterexamples = ['''API_TOKEN="shpss_«[a-fA-F0-9]{31}»"''', '''token: shpss_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "square-access-token"
description = "Square access token"
regex = '''\b(EAAA[\w-]{60})(?:[^\w-]|$)'''
keywords = ["eaaa"]
entropy = 3.5
examples = ['''API_TOKEN="EAAA«[\w-]{60}»"''', '''token: EAAA«[\w-]{60}»''']
counterexamples = ['''API_TOKEN="EAAA«[\w-]{59}»"''', '''token: EAAAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "square-oauth-secret"
description = "Square OAuth secret"
regex = '''\b(sq0csp-[\w-]{43})(?:[^\w-]|$)'''
keywords = ["sq0csp-"]
entropy = 3
examples = ['''API_TOKEN="sq0csp-«[\w-]{43}»"''', '''token: sq0csp-«[\w-]{43}»''']
counterexamples = ['''API_TOKEN="sq0csp-«[\w-]{42}»"''', '''token: sq0csp-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "square-personal-token"
description = "Square personal access token"
regex = '''\b(sq0atp-[\w-]{22})(?:[^\w-]|$)'''
keywords = ["sq0atp-"]
entropy = 3
examples = ['''API_TOKEN="sq0atp-«[\w-]{22}»"''', '''token: sq0atp-«[\w-]{22}»''']
counterexamples = ['''API_TOKEN="sq0atp-«[\w-]{21}»"''', '''token: sq0atp-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "braintree-access-token"
description = "PayPal Braintree access token"
regex = '''(access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32})\b'''
keywords = ["access_token$production"]
examples = ['''access_token$production$«[a-z0-9]{16}»$«[a-f0-9]{32}»''']
counterexamples = ['''access_token$sandbox$«[a-z0-9]{16}»$«[a-f0-9]{32}»''', '''access_token$production$«[a-z0-9]{6}»''']

[[rules]]
id = "plaid-access-token"
description = "Plaid access token"
regex = '''\b(access-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})\b'''
keywords = ["access-"]
examples = ['''access-production-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''access-production-«[a-f0-9]{8}»''', '''access-other-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']

[[rules]]
id = "razorpay-live-key"
description = "Razorpay live key id"
regex = '''\b(rzp_live_[A-Za-z0-9]{14})\b'''
keywords = ["rzp_live_"]
entropy = 2.5
examples = ['''API_TOKEN="rzp_live_«[A-Za-z0-9]{14}»"''', '''token: rzp_live_«[A-Za-z0-9]{14}»''']
counterexamples = ['''API_TOKEN="rzp_live_«[A-Za-z0-9]{13}»"''', '''token: rzp_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "razorpay-test-key"
description = "Razorpay test key id"
regex = '''\b(rzp_test_[A-Za-z0-9]{14})\b'''
keywords = ["rzp_test_"]
entropy = 2.5
examples = ['''API_TOKEN="rzp_test_«[A-Za-z0-9]{14}»"''', '''token: rzp_test_«[A-Za-z0-9]{14}»''']
counterexamples = ['''API_TOKEN="rzp_test_«[A-Za-z0-9]{13}»"''', '''token: rzp_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shippo-live-token"
description = "Shippo live token"
regex = '''\b(shippo_live_[a-f0-9]{40})\b'''
keywords = ["shippo_live_"]
examples = ['''API_TOKEN="shippo_live_«[a-f0-9]{40}»"''', '''token: shippo_live_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="shippo_live_«[a-f0-9]{39}»"''', '''token: shippo_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "shippo-test-token"
description = "Shippo test token"
regex = '''\b(shippo_test_[a-f0-9]{40})\b'''
keywords = ["shippo_test_"]
examples = ['''API_TOKEN="shippo_test_«[a-f0-9]{40}»"''', '''token: shippo_test_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="shippo_test_«[a-f0-9]{39}»"''', '''token: shippo_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "easypost-production-key"
description = "EasyPost production API key"
regex = '''\b(EZAK[A-Za-z0-9]{54})\b'''
keywords = ["ezak"]
entropy = 3.5
examples = ['''API_TOKEN="EZAK«[A-Za-z0-9]{54}»"''', '''token: EZAK«[A-Za-z0-9]{54}»''']
counterexamples = ['''API_TOKEN="EZAK«[A-Za-z0-9]{53}»"''', '''token: EZAKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "easypost-test-key"
description = "EasyPost test API key"
regex = '''\b(EZTK[A-Za-z0-9]{54})\b'''
keywords = ["eztk"]
entropy = 3.5
examples = ['''API_TOKEN="EZTK«[A-Za-z0-9]{54}»"''', '''token: EZTK«[A-Za-z0-9]{54}»''']
counterexamples = ['''API_TOKEN="EZTK«[A-Za-z0-9]{53}»"''', '''token: EZTKxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "duffel-live-token"
description = "Duffel live token"
regex = '''\b(duffel_live_[\w-]{43})(?:[^\w-]|$)'''
keywords = ["duffel_live_"]
entropy = 3
examples = ['''API_TOKEN="duffel_live_«[\w-]{43}»"''', '''token: duffel_live_«[\w-]{43}»''']
counterexamples = ['''API_TOKEN="duffel_live_«[\w-]{42}»"''', '''token: duffel_live_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "duffel-test-token"
description = "Duffel test token"
regex = '''\b(duffel_test_[\w-]{43})(?:[^\w-]|$)'''
keywords = ["duffel_test_"]
entropy = 3
examples = ['''API_TOKEN="duffel_test_«[\w-]{43}»"''', '''token: duffel_test_«[\w-]{43}»''']
counterexamples = ['''API_TOKEN="duffel_test_«[\w-]{42}»"''', '''token: duffel_test_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']
`
