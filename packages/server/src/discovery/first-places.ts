import { existsSync } from 'node:fs'

/** Where configuration with secrets in it usually lies; what is missing on this machine is left out. */
const places = [
  '/etc', '/usr/local/etc', '/run/secrets', '/var/www', '/srv', '/root', '/home', '/opt', '/var/lib/jenkins', '/var/lib/docker/volumes', '/var/spool/cron',
  '/opt/homebrew/etc', '/Library/WebServer', '/var/root', '/Users',
]

/** Other people's packages, caches, data and binaries: large, and full of examples. */
const leftOut = [
  'node_modules', '.git', '.cache', '__pycache__', 'site-packages', 'dist-packages', 'vendor', '.npm', '.pnpm-store', '.yarn', '.cargo', '.rustup', '.pyenv', '.rbenv', '.nvm', '.m2', '.gradle',
  '.ivy2', '.vscode-server', '.local', 'go', 'snap', 'Library', '.Trash', '.mozilla', '.config/google-chrome', '.config/chromium', 'Downloads', 'Pictures', 'Music', 'Videos',
  'test', 'tests', 'testdata', 'fixtures', 'examples', '*.so', '*.so.*', '*.jar', '*.war', '*.class', '*.pyc', '*.o', '*.a', '*.exe', '*.dll', '*.deb', '*.rpm', '*.gz', '*.bz2', '*.xz', '*.zst', '*.zip', '*.7z',
  '*.tar', '*.iso', '*.img', '*.qcow2', '*.vmdk', '*.sqlite', '*.db', '*.png', '*.jpg', '*.jpeg', '*.gif', '*.webp', '*.ico', '*.svg', '*.pdf', '*.mp3', '*.mp4', '*.mkv', '*.woff', '*.woff2', '*.ttf', '*.log',
  '*.min.js', '*.map', '*.lock', '/etc/alternatives', '/etc/selinux', '/etc/apparmor.d', '/etc/ssl/certs', '/etc/ca-certificates', '/opt/containerd',
]

const MIB = 1024 * 1024
/** A first look takes seconds: who wants a whole disk read says so. */
const MAX_FILES_A_PLACE = 20_000

/** The options of the scan that looks for secrets in this machine's configuration; null where none of the places is there. */
export function configurationPlaces(exists: (path: string) => boolean = existsSync): Readonly<Record<string, unknown>> | null {
  const targets = places.filter(exists)
  if (targets.length === 0) return null
  return { targets, as: 'directory', exclude: leftOut, history: false, decode: false, maxFileBytes: MIB, maxFiles: MAX_FILES_A_PLACE }
}
