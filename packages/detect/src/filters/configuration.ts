/** Names of files that hold settings, or statements and commands with them: there, a word given to a name for passwords is a password. */
const settings = /\.(?:json[c5]?|xml|ya?ml|toml|ini|cfg|conf|cnf|config|properties|env|plist|reg|tfvars|hcl|creds|rc|sql|sh|bash|zsh|ksh|fish|ps1|bat|cmd|service|dockerfile|pp|sls|bicep|gradle|tf|nmconnection|kubeconfig|ovpn|network|secrets|eml|ldif|psk|edn|repo)$|(?:^|\/)(?:[\w.-]*config|settings|secrets|credentials|database|environments?)\.(?:php|py|rb|exs?|pl|lua|groovy|local\.php)$|(?:^|\/)(?:\.[\w-]+|\.env\.[\w.-]+|Dockerfile[\w.-]*|Vagrantfile|Jenkinsfile|[\w.-]*rc|crontab|fstab|user-data|keys-[\w-]+|gitlab\.rb|[\w-]*(?:config|settings|credentials|secrets)|[\w-]*(?:passwords?|passwd|pwds?|logins?|credentials|creds|accounts?)\.(?:txt|csv|tsv|log))$/i
/** Texts for people by their place or by the language in their name, and what describes data rather than holding it. */
const texts = /(?:^|\/)(?:i18n|l10n|locales?|lang(?:uage)?s?|translations?|_locales|messages|nls|schemas?)\/|(?:^|[/._-])(?:(?:af|ar|az|be|bg|bn|ca|cs|cy|da|de|el|en|es|et|eu|fa|fi|fr|ga|gl|gu|he|hi|hr|hu|hy|id|is|it|ja|ka|kk|km|ko|lt|lv|mk|ml|mn|mr|ms|nb|ne|nl|nn|no|pa|pl|pt|ro|ru|sk|sl|sq|sr|sv|sw|ta|te|th|tr|uk|ur|uz|vi|zh)(?:[-_][A-Za-z]{2,4})?|[a-z]{2}[-_][A-Z]{2}|messages?|strings|i18n|translations?|schema|openapi|swagger)\.(?:json|xml|ya?ml|properties|toml)$/i

/** True where a file of this path holds settings rather than a program or texts for people. */
export function isConfiguration(path: string): boolean {
  return settings.test(path) && !texts.test(path)
}

/** True where a file of this path holds texts for people, or describes data. */
export const isText = (path: string): boolean => texts.test(path)
