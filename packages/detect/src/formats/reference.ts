import { isSpelledOut, shortWord } from '../filters/placeholder.ts'

/** An indirection and the name of what it points at. */
export type Reference = { readonly kind: string; readonly name: string }

type Pattern = { readonly kind: string; readonly regex: RegExp }

/** Each is anchored and free of nested repetition; the first group names what is pointed at. */
const patterns: readonly Pattern[] = [
  { kind: 'ci-secret', regex: /^\$\{\{\s*(?:secrets|vars|env|inputs|github|needs|steps|matrix|parameters|variables|jobs)\.([\w.-]{1,256})[^}]{0,256}\}\}$/ },
  { kind: 'template', regex: /^\$\{\{([^}]{0,256})\}\}$/ },
  { kind: 'template', regex: /^\{\{[-~]?([^}]{0,400})[-~]?\}\}$/ },
  { kind: 'template', regex: /^<%=?([^%]{0,256})%>$/ },
  { kind: 'template', regex: /^<<([^>]{0,256})>>$/ },
  { kind: 'variable', regex: /^\$\{([A-Za-z_][\w.:/-]{0,256})\}$/ },
  { kind: 'variable', regex: /^\$\{([A-Za-z_][\w.]{0,128}):?[?][^}]{0,256}\}$/ },
  { kind: 'variable', regex: /^\$\{([A-Za-z_][\w.]{0,128}):?-\}$/ },
  { kind: 'variable', regex: /^\$([A-Za-z_]\w{0,127}(?:::\w{1,127})?)$/ },
  { kind: 'variable', regex: /^\$\(([A-Za-z_][\w.-]{0,127})\)$/ },
  { kind: 'variable', regex: /^\$\[\s?variables\[?\.?'?([\w.-]{1,128})'?\]?\s?\]$/ },
  { kind: 'variable', regex: /^%([A-Za-z_]\w{0,127})%$/ },
  { kind: 'variable', regex: /^%\(([A-Za-z_][\w.]{0,127})\)s$/ },
  { kind: 'variable', regex: /^#\{([\w.-]{1,128})\}#?$/ },
  { kind: 'variable', regex: /^@([A-Za-z][\w.-]{1,126})@$/ },
  { kind: 'variable', regex: /^__([A-Z][A-Z0-9_]{1,126})__$/ },
  { kind: 'variable', regex: /^(?:process\.env|os\.environ|ENV|env|System\.getenv)[.[(]["']?(\w{1,128})["']?[\])]?$/ },
  { kind: 'vault', regex: /^(?:ref\+)?(?:vault|hashivault):(?:\/\/)?(\S{1,400})$/ },
  { kind: 'secret-manager', regex: /^(?:ref\+\w{2,24}:\/\/)(\S{1,400})$/ },
  { kind: '1password', regex: /^op:\/\/([^\r\n]{1,400})$/ },
  { kind: 'secret-manager', regex: /^(?:secret|keyvault|awssm|awsssm|gcp-sm|sm|ssm|akv|azkv|doppler|infisical|bws|keyring|keychain):(?:\/\/)?(\S{1,400})$/ },
  { kind: 'secret-manager', regex: /^\{\{resolve:((?:secretsmanager|ssm|ssm-secure):[^}]{1,400})\}\}$/ },
  { kind: 'secret-manager', regex: /^(arn:aws[\w-]{0,10}:(?:secretsmanager|ssm|kms):[^\s]{1,400})$/ },
  { kind: 'secret-manager', regex: /^(projects\/[\w-]{1,64}\/secrets\/[\w-]{1,255}(?:\/versions\/\w{1,32})?)$/ },
  { kind: 'secret-manager', regex: /^@Microsoft\.KeyVault\((?:SecretUri|VaultName)=([^)]{1,400})\)$/ },
  { kind: 'file', regex: /^<?(?:file:)?(?:\/\/)?(\/(?:run|etc|var|vault|mnt|secrets|opt|home|root|usr)\/[\w./-]{1,400})$/ },
  { kind: 'terraform', regex: /^((?:var|local|data|module|random_password|random_string|aws_\w{1,80}|azurerm_\w{1,80}|google_\w{1,80})\.[\w.[\]"*-]{1,256})$/ },
  { kind: 'encrypted', regex: /^(ENC)\[AES256_GCM,data:/ },
  { kind: 'encrypted', regex: /^(ENC)(?:\(|\[)[^)\]]{1,8000}[)\]]$/ },
  { kind: 'encrypted', regex: /^\{(cipher|aes|AES|cipher-aes)\}/ },
  { kind: 'encrypted', regex: /^(\$ANSIBLE_VAULT);/ },
  { kind: 'encrypted', regex: /^\{(AQA[A-Z])[A-Za-z0-9+/=]{16,}\}$/ },
]

/**
 * What a configuration value points at instead of being the secret: a variable, a CI secret, a path in a secret store, a
 * file, or a value encrypted for one reader. Null for a literal.
 */
export function referenceIn(text: string): Reference | null {
  const value = text.length > 8192 ? '' : text.trim()
  if (!/^[$%{<#_@/\dA-Za-z]/.test(value)) return null
  for (const { kind, regex } of patterns) {
    const match = regex.exec(value)
    if (match !== null) return { kind, name: (match[1] ?? '').trim().slice(0, 256) }
  }
  return null
}

const placeholderWords = new Set([
  'changeme', 'change_me', 'change-me', 'changeit', 'password', 'passwd', 'pass', 'secret', 'token', 'example', 'sample', 'test', 'dummy',
  'foo', 'bar', 'foobar', 'todo', 'tbd', 'fixme', 'none', 'null', 'nil', 'undefined', 'n/a', 'empty', 'redacted', 'removed', 'hidden',
  'masked', 'replaceme', 'replace_me', 'replace-me', 'placeholder', 'default', 'xxx', 'your', 'string', 'optional', 'required', 'mypassword',
  'insert', 'unset', 'insta', 'true', 'false', 'yes', 'no', 'on', 'off', '[secret]', '[redacted]', '[hidden]', '(sensitive)', '<sensitive>', '(sensitive value)', 'secretkeyref', 'configmapkeyref',
])

/** True for a text that stands where a secret should be written: `<password>`, `xxxx`, `changeme`, `your-token-here`. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim()
  if (value === '' || value.length > 256) return value === ''
  // OpenSSL writes a pass phrase behind `pass:`; `insta` is the one its own configuration comes with.
  const lower = value.toLowerCase().replace(/^pass:(?=[a-z])/, '')
  if (placeholderWords.has(lower) || /EXAMPLE(?:KEY)?(?:\W|$)/.test(value) || shortWord.test(value) || isSpelledOut(value)) return true
  if (/^<[^<>]{0,128}>$|^\[[^[\]]{0,128}\]$/.test(value)) return true
  if (/^(.)\1*$/.test(value) || /^[xX*.•_#?-]+$/.test(value) || /(?:x{8}|X{8}|\*{6})$/.test(value)) return true
  if (/^(?:your|my|the)[-_ ]?(?:auth|access|api)?[-_ ]?(?:token|password|passwd|pass|secret|key)\d{0,2}$/.test(lower)) return true
  if (/^(?:your|my|the|an?|some|insert|enter|replace|put|add|paste|set|type)[-_ ].{0,100}$/.test(lower) && /pass|key|token|secret|here|value|credential|user/.test(lower)) return true
  return /(?:example|placeholder|changeme|change[-_](?:me|this|it)|replace[-_](?:me|this)|redacted|dummy|[-_]here)(?:key|token|password|secret)?$/.test(lower) && value.length < 64
}
