import { baseName, isWithin, rawPath, type RawPath } from './raw-path.ts'

/** What kind of place a path is, as rules and the inventory ask. */
export type PlaceFacts = { readonly inWebRoot: boolean; readonly inServiceDirectory: boolean; readonly trustStore: boolean }

const WEB_ROOTS = [
  '/var/www',
  '/srv/http',
  '/srv/www',
  '/srv/htdocs',
  '/usr/share/nginx/html',
  '/usr/share/caddy',
  '/usr/local/www',
  '/usr/local/apache2/htdocs',
  '/opt/homebrew/var/www',
  '/usr/local/var/www',
  '/Library/WebServer/Documents',
]
/** Directory names that web servers serve wherever they lie. */
const WEB_NAMES = /\/(?:public_html|htdocs|wwwroot|var\/www|srv\/http|srv\/www)\//

const SERVICE_DIRECTORIES = [
  'ssl/private',
  'pki',
  'nginx',
  'apache2',
  'httpd',
  'haproxy',
  'lighttpd',
  'caddy',
  'traefik',
  'envoy',
  'squid',
  'varnish',
  'stunnel',
  'hitch',
  'letsencrypt',
  'acme.sh',
  'dehydrated',
  'lego',
  'ssh',
  'postfix',
  'dovecot',
  'exim4',
  'exim',
  'opendkim',
  'rspamd',
  'openvpn',
  'wireguard',
  'ipsec.d',
  'swanctl',
  'strongswan',
  'kubernetes',
  'rancher',
  'etcd',
  'docker',
  'containers',
  'cni',
  'ldap',
  'openldap',
  'dirsrv',
  'samba',
  'sssd',
  'postgresql',
  'postgresql-common',
  'mysql',
  'mariadb',
  'mongodb',
  'redis',
  'rabbitmq',
  'mosquitto',
  'kafka',
  'elasticsearch',
  'opensearch',
  'logstash',
  'kibana',
  'grafana',
  'prometheus',
  'zabbix',
  'icinga2',
  'tomcat',
  'tomcat9',
  'tomcat10',
  'wildfly',
  'jetty9',
  'puppet',
  'puppetlabs',
  'chef',
  'salt',
  'vault.d',
  'vault',
  'consul.d',
  'nomad.d',
  'step-ca',
  'cockpit',
  'cups',
  'prosody',
  'ejabberd',
  'freeradius',
  'raddb',
  'bind',
  'named',
  'unbound',
  'nsd',
  'pdns',
  'gitlab',
  'gitea',
  'jenkins',
  'NetworkManager',
  'wpa_supplicant',
  'vsftpd',
  'proftpd',
  'xrdp',
  'libvirt',
  'cloudflared',
  'filebeat',
  'fluent',
  'td-agent',
  'rsyslog.d',
  'syslog-ng',
  'ssl',
  'tls',
  'credstore',
  'credstore.encrypted',
].flatMap((name) => [`/etc/${name}`, `/usr/local/etc/${name}`, `/opt/homebrew/etc/${name}`])
const SERVICE_PLACES = [
  ...SERVICE_DIRECTORIES,
  '/var/lib',
  '/var/opt',
  '/var/snap',
  '/run/secrets',
  '/usr/lib/ssl/private',
  '/usr/local/ssl',
]

const TRUST_DIRECTORIES = [
  '/usr/share/ca-certificates',
  '/etc/ssl/certs',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/tls/cert.pem',
  '/etc/pki/java',
  '/etc/ca-certificates/extracted',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/openssl/certs',
  '/usr/share/pki/ca-trust-source',
  '/var/lib/ca-certificates',
  '/usr/local/etc/ca-certificates',
  '/usr/local/etc/openssl@3/cert.pem',
  '/opt/homebrew/etc/ca-certificates',
  '/etc/apt/trusted.gpg.d',
  '/usr/share/keyrings',
]
const TRUST_NAMES =
  /^(?:cacerts|jssecacerts|cacert\.pem|ca-bundle\.(?:crt|trust\.crt|pem)|ca-certificates\.crt|tls-ca-bundle\.pem|curl-ca-bundle\.crt|cacerts\.bcfks)$/

/** Judges paths by the machine's document roots (`served`) and the places the field knows. */
export function placeJudge(served: readonly RawPath[]): (path: RawPath) => PlaceFacts {
  const webRoots = [...WEB_ROOTS.map(rawPath), ...served]
  return (path) => ({
    inWebRoot: WEB_NAMES.test(path) || webRoots.some((root) => isWithin(path, root)),
    inServiceDirectory: SERVICE_PLACES.some((place) => isWithin(path, place)),
    trustStore: TRUST_NAMES.test(baseName(path)) || TRUST_DIRECTORIES.some((place) => isWithin(path, place)),
  })
}

/**
 * The document roots in a web server's configuration: nginx `root` and `alias`, Apache `DocumentRoot` and `Alias`, lighttpd
 * `server.document-root`, Caddy `root`. Absolute paths only; values with variables are left out, and so is `/`, which in practice
 * only disables a location.
 */
export function documentRoots(configuration: string): string[] {
  const found = new Set<string>()
  for (const line of configuration.split('\n', 100_000)) {
    const match = DIRECTIVE.exec(line)
    const value = match?.groups?.['value']
    if (value === undefined || value.includes('$') || value.length > 1024) continue
    const path = value.replace(/\/+$/, '')
    if (path.startsWith('/')) found.add(path)
  }
  return [...found]
}

const DIRECTIVE =
  /^\s*(?:(?:root|alias|DocumentRoot)\s+(?:\*\s+)?|Alias(?:Match)?\s+\S+\s+|server\.document-root\s*=\s*)["']?(?<value>\/[^"';{}\s]*)["']?\s*;?\s*(?:#.*)?$/i

/** Where web servers keep configuration that names document roots. */
export const WEB_CONFIGURATION_DIRECTORIES = [
  '/etc/nginx',
  '/etc/apache2',
  '/etc/httpd',
  '/etc/lighttpd',
  '/etc/caddy',
  '/usr/local/etc/nginx',
  '/usr/local/etc/httpd',
  '/usr/local/etc/apache24',
  '/opt/homebrew/etc/nginx',
  '/opt/homebrew/etc/httpd',
  '/usr/local/nginx/conf',
  '/usr/local/apache2/conf',
]
