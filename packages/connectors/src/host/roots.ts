import { displayPath, expandPattern, isWithin, rawPath, realPath, type RawPath } from '../local/raw-path.ts'

/**
 * Small and telling places first, so that the first batches of a first scan already hold what matters; homes and `/opt`,
 * which may be large, last. `/usr`, `/var/lib` and `/var/log` as a whole hold packages and data, not credentials of the machine.
 */
const LINUX_ROOTS = [
  '/etc',
  '/usr/local/etc',
  '/usr/local/share/ca-certificates',
  '/usr/share/ca-certificates',
  '/run/secrets',
  '/usr/lib/jvm/*/lib/security',
  '/usr/lib/jvm/*/jre/lib/security',
  '/usr/lib/ssl/private',
  '/usr/local/ssl',
  '/var/lib/acme',
  '/var/lib/dehydrated',
  '/var/lib/letsencrypt',
  '/var/lib/lego',
  '/var/lib/caddy',
  '/var/lib/traefik',
  '/var/lib/kubelet/pki',
  '/var/lib/rancher/*/server/tls',
  '/var/lib/rancher/*/agent',
  '/var/lib/k0s/pki',
  '/var/lib/etcd/pki',
  '/var/lib/minikube/certs',
  '/var/snap/*/current/certs',
  '/var/snap/*/common/certs',
  '/var/lib/docker/swarm/certificates',
  '/var/lib/docker/volumes',
  '/var/lib/containers/storage/volumes',
  '/var/lib/mysql/*.pem',
  '/var/lib/postgresql/*/*/*.crt',
  '/var/lib/postgresql/*/*/*.key',
  '/var/lib/pgsql/*/data/*.crt',
  '/var/lib/pgsql/*/data/*.key',
  '/var/lib/*/.ssh',
  '/var/lib/*/.gnupg',
  '/var/lib/*/ssl',
  '/var/lib/*/tls',
  '/var/lib/*/certs',
  '/var/lib/*/pki',
  '/var/lib/*/private',
  '/var/opt/*/ssl',
  '/var/opt/*/certs',
  '/var/spool/postfix/etc',
  '/var/www',
  '/srv',
  '/root',
  '/home',
  '/opt',
]

const DARWIN_ROOTS = [
  '/etc',
  '/usr/local/etc',
  '/opt/homebrew/etc',
  '/opt/local/etc',
  '/Library/Java/JavaVirtualMachines/*/Contents/Home/lib/security',
  '/Library/WebServer',
  '/var/root',
  '/Users',
  '/opt',
]

/** Names skipped below the default roots: other people's packages and caches, which hold test keys by the thousand. */
const DEFAULT_SKIPPED_NAMES = [
  'node_modules',
  '.git',
  '.cache',
  '__pycache__',
  'site-packages',
  'dist-packages',
  '.npm',
  '.pnpm-store',
  '.yarn',
  '.cargo',
  '.rustup',
  '.pyenv',
  '.rbenv',
  '.nvm',
  '.m2',
  '.gradle',
  '.ivy2',
  '.terraform.d',
  '.vscode-server',
]
const LINUX_SKIPPED_PATHS = [
  '/etc/alternatives',
  '/etc/selinux',
  '/etc/apparmor.d',
  '/opt/containerd',
  '/root/go/pkg',
  '/home/*/go/pkg',
]
const DARWIN_SKIPPED_PATHS = ['/Users/*/Library/Caches', '/Users/*/Library/Containers', '/Users/*/go/pkg']

/** The roots and the places below them that are left out when the operator names none. */
export function defaultPlaces(platform: NodeJS.Platform): {
  readonly roots: readonly string[]
  readonly exclude: readonly string[]
} {
  if (platform === 'darwin') return { roots: DARWIN_ROOTS, exclude: [...DEFAULT_SKIPPED_NAMES, ...DARWIN_SKIPPED_PATHS] }
  return { roots: LINUX_ROOTS, exclude: [...DEFAULT_SKIPPED_NAMES, ...LINUX_SKIPPED_PATHS] }
}

/** A root as asked for (`named`) and where it really lies; `path` is null when nothing is there. */
export type ResolvedRoot = { readonly named: string; readonly path: RawPath | null }

/**
 * Expands `*`, resolves links and drops what is missing a second time or lies below another root, in the order given. A root
 * without `*` that does not exist is kept with `path` null, so that its absence can be told.
 */
export function resolveRoots(roots: readonly string[]): ResolvedRoot[] {
  const resolved: { named: string; path: RawPath | null }[] = []
  for (const root of roots) {
    const expanded = root.includes('*') ? expandPattern(root) : [rawPath(root)]
    for (const path of expanded) resolved.push({ named: displayPath(path), path: realPath(path) })
  }
  const present = resolved.flatMap((root) => root.path ?? [])
  const seen = new Set<string>()
  return resolved.filter(({ named, path }) => {
    const key = path ?? `missing ${named}`
    if (seen.has(key)) return false
    seen.add(key)
    return path === null || !present.some((other) => other !== path && isWithin(path, other))
  })
}
