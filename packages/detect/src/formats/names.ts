const passwordWords = new Set(['password', 'passwd', 'pwd', 'passphrase', 'passwort', 'pass', 'passcode', 'userpass', 'userpassword', 'dbpass', 'dbpassword', 'pgpassword', 'rootpw', 'bindpw', 'rootpass', 'rootbindpw', 'psw', 'pw', 'psk', 'authtok'])
const keyOwners = new Set(['token', 'api', 'access', 'secret', 'private', 'encryption', 'signing', 'signature', 'auth', 'master', 'account', 'storage', 'shared', 'subscription', 'license', 'service', 'app', 'application', 'client', 'consumer', 'deploy', 'hmac', 'jwt', 'session', 'cookie', 'crypto', 'aes', 'admin', 'server', 'instrumentation', 'admin', 'maps', 'sendgrid', 'stripe', 'openai', 'anthropic', 'twilio', 'mailgun', 'datadog', 'dd', 'newrelic', 'tls', 'ssl', 'ssh'])
const notTokens = new Set(['next', 'page', 'continuation', 'cancellation', 'cancel', 'csrf', 'xsrf', 'authenticity', 'verification', 'antiforgery', 'max', 'min', 'num', 'total', 'prompt', 'completion', 'start', 'end', 'eos', 'bos', 'pad', 'unk', 'sep', 'mask', 'idempotency', 'design', 'tokenizer', 'line', 'symbol', 'sync', 'lookahead', 'client_request', 'special', 'automount', 'public'])
const trailing = new Set(['string', 'str', 'val', 'literal', 'prod', 'production', 'dev', 'development', 'staging', 'stage', 'test', 'qa', 'uat', 'local', 'value', 'base64', 'b64', 'text', 'plain', 'plaintext', 'default', 'main', 'old', 'new', 'primary', 'secondary', 'current', 'previous', 'live', 'override', 'ci'])
const beforePassword = new Set(['with', 'has', 'is', 'needs', 'require', 'requires', 'use', 'uses', 'should', 'enable', 'allow', 'show', 'hide', 'reset', 'forgot', 'forget', 'update', 'change', 'verify', 'check', 'validate', 'generate', 'prompt', 'ask', 'remember', 'toggle', 'compare', 'hash', 'encrypt', 'decrypt', 'get', 'missing', 'no', 'without', 'invalid', 'wrong', 'bad'])
const afterPassword = new Set(['guid', 'uuid', 'settings', 'setting', 'config', 'configuration', 'options', 'info', 'digest', 'label', 'icon', 'visible', 'visibility', 'toggle', 'show', 'hide', 'match', 'mismatch', 'weak', 'strong', 'page', 'form', 'dialog', 'modal', 'screen', 'view', 'controller', 'service', 'component', 'handler', 'event', 'updated', 'at', 'date', 'time', 'hashes', 'storage', 'blocklist', 'entry', 'file', 'path', 'dir', 'directory', 'url', 'uri', 'endpoint', 'name', 'id', 'policy', 'length', 'min', 'max', 'expiry', 'expire', 'expires', 'expiration', 'ttl', 'timeout', 'type', 'enabled', 'disabled', 'required', 'field', 'header', 'ref', 'arn', 'algorithm', 'argon2', 'hash', 'hashed', 'salt', 'count', 'limit', 'size', 'prefix', 'suffix', 'label', 'hint', 'reset', 'regex', 'pattern', 'format', 'version', 'rotation', 'age', 'days', 'lifetime', 'placeholder', 'confirmation', 'confirm', 'input', 'command', 'cmd', 'provider', 'store', 'manager', 'class', 'auth', 'authentication', 'login', 'grant', 'encoder', 'encoding', 'hasher', 'hashers', 'key', 'env', 'from', 'title', 'message', 'text', 'error', 'strength', 'history', 'attempts', 'change', 'changed', 'needed', 'protected', 'complexity', 'iterations', 'rules', 'validation', 'validator', 'generator', 'charset', 'characters', 'through', 'thru', 'port', 'mode', 'filter', 'by', 'in', 'on', 'to', 'is', 'selector', 'xpath', 'css', 'placeholder', 'index', 'column', 'attribute', 'attributes', 'property', 'param', 'parameter', 'variable', 'var'])

/** The words of an identifier in lower case: camelCase, snake_case, dots, dashes and colons divide. */
export function nameWords(name: string): readonly string[] {
  return name.slice(-256)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .flatMap((word) => (word === '' ? [] : [word.toLowerCase()]))
}

/**
 * What kind of secret a setting of this name holds (`password`, `api-key`, `token`, `client-secret` …); null when the name
 * promises none. `password_file`, `token_url`, `max_tokens`, `public_key` and `monkey` promise none.
 */
export function secretKindOfName(name: string): string | null {
  const words = [...nameWords(name)]
  if ((words.at(-1) === 'string' && words.at(-2) === 'connection') || words.at(-1) === 'connectionstring') return 'connection-string'
  while (words.length > 1 && (trailing.has(words.at(-1)!) || /^\d{1,4}$/.test(words.at(-1)!))) words.pop()
  const last = (words.at(-1) ?? '').replace(/\d{1,3}$/, '')
  const before = words.at(-2) ?? ''
  const passwordAt = words.findLastIndex((word) => passwordWords.has(word.replace(/\d{1,3}$/, '')) || /(?:password|passwd|passphrase)$|^(?:remote|local|mail|smtp|imap|pop|ftp|ssh|sql|mysql|pg|my|admin|wifi|login|auth|http|proxy|key|trust|store|bind)pass$/.test(word))
  if (passwordAt > 0 && beforePassword.has(words[0]!)) return null
  // What is called the secret of a password names where it is kept.
  if (passwordAt >= 0 && !(passwordAt === words.length - 2 && /^secrets?$/.test(last))) return words.slice(passwordAt + 1).some((word) => afterPassword.has(word)) ? null : words[passwordAt] === 'passphrase' ? 'passphrase' : 'password'
  if (last === 'secret' || last === 'secrets') return before === 'client' || before === 'consumer' || before === 'app' ? 'client-secret' : 'secret'
  if (last === 'clientsecret') return 'client-secret'
  if (last === 'token' || last === 'tokens' || last === 'pat' || /(?:access|auth|api|bearer|refresh|secret)token$/.test(last)) return notTokens.has(before) || last === 'tokens' ? null : 'token'
  if (last === 'apikey' || last === 'apisecret') return 'api-key'
  if (last === 'secretkey' || last === 'accesskey' || last === 'privatekey' || last === 'authkey') return last === 'privatekey' ? 'private-key' : 'secret-key'
  if (last === 'key') return keyKind(words, before)
  if (last === 'base' && before === 'key' && words.at(-3) === 'secret') return 'secret-key'
  if (last === 'credential' || last === 'credentials' || last === 'creds' || last === 'cred' || (last === 'auth' && before !== '')) return 'credential'
  return null
}

function keyKind(words: readonly string[], before: string): string | null {
  if (words.includes('public') || words.includes('publishable')) return null
  if (before === 'private' || before === 'tls' || before === 'ssl' || before === 'ssh') return 'private-key'
  if (before.endsWith('api')) return 'api-key'
  return keyOwners.has(before) ? 'secret-key' : null
}

/** True when `text` could be a secret of this kind rather than a switch, a number, a sentence, a bare address or code. */
export function plausibleSecret(text: string, kind: string): boolean {
  const value = text.trim()
  const password = kind === 'password' || kind === 'passphrase'
  if (value.length < (password ? 3 : 8) || value.length > 65_536) return false
  if (/^(?:true|false|yes|no|on|off|null|none|nil|undefined|enabled|disabled|required|optional|string|str|boolean|integer|object)$/i.test(value)) return false
  if (!password && (/^\d{1,15}(?:\.\d+)?$/.test(value) || (/\s/.test(value) && !value.includes('-----BEGIN')))) return false
  if (password && value.split(/\s+/, 6).length > 5) return false
  if (/^[a-z][\w+.-]{1,20}:\/\/[^@\s]*$/i.test(value)) return false
  if (/^[\w.]{1,128}\([^)]{0,128}\)?;?$/.test(value) || /^(?:self|this|config|settings|process|os|options|request|req|args|params|props|ctx)\.[\w.]{1,128}$/.test(value)) return false
  return password || !/^[a-z]{1,12}(?:[-_ ][a-z]{1,12}){0,4}(?:[-_]v?\d{1,4})?$/.test(value)
}

/** The cloud that a secret of this name opens (`AWS_SECRET_ACCESS_KEY`), where the name says so; null otherwise. */
export function cloudOfSecretName(name: string): 'aws' | 'gcp' | 'azure' | null {
  const text = name.slice(-512).toUpperCase()
  if (/AWS_?(?:ACCESS|SECRET)|AWS_KEY/.test(text)) return 'aws'
  if (/GCP|GOOGLE_(?:APPLICATION_)?CREDENTIALS|GCLOUD|GKE_(?:SA_)?KEY/.test(text)) return 'gcp'
  if (/AZURE_(?:CLIENT_SECRET|CREDENTIALS)|ARM_CLIENT_SECRET/.test(text)) return 'azure'
  return null
}

/** What an identifier of this name stands for: `client` (`PAYPAL_CLIENT_ID`), `account` (`TWILIO_ACCOUNT_SID`); null for other names. */
export function identityOfName(name: string): 'client' | 'account' | null {
  const [last = '', before = ''] = nameWords(name).toReversed()
  if (last === 'clientid' || (last === 'id' && (before === 'client' || before === 'consumer'))) return 'client'
  return last === 'accountsid' || (last === 'sid' && before === 'account') ? 'account' : null
}
