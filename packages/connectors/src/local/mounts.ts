import { isWithin, type RawPath } from './raw-path.ts'

/** File systems the kernel makes up: nothing in them is a file anybody stored. */
const PSEUDO = new Set([
  'proc',
  'sysfs',
  'devtmpfs',
  'devpts',
  'cgroup',
  'cgroup2',
  'securityfs',
  'debugfs',
  'tracefs',
  'pstore',
  'bpf',
  'configfs',
  'mqueue',
  'hugetlbfs',
  'fusectl',
  'binfmt_misc',
  'autofs',
  'efivarfs',
  'rpc_pipefs',
  'nfsd',
  'selinuxfs',
  'nsfs',
  'binder',
  'functionfs',
])
/** File systems that lie elsewhere: another machine's roll, and a read may hang for ever. */
const REMOTE = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'ncpfs',
  'afs',
  'ceph',
  'glusterfs',
  'lustre',
  'gpfs',
  '9p',
  'ocfs2',
  'beegfs',
  'davfs',
  'coda',
  'sshfs',
])

export type MountKind = 'pseudo' | 'remote'
export type Mount = { readonly path: RawPath; readonly kind: MountKind; readonly type: string }

/** The mounts a walk must not enter by itself, by mount point. Reads `/proc/self/mountinfo` (proc(5)); FUSE counts as remote. */
export function parseMountInfo(text: string): ReadonlyMap<RawPath, Mount> {
  const mounts = new Map<RawPath, Mount>()
  for (const line of text.split('\n')) {
    const fields = line.split(' ')
    const separator = fields.indexOf('-', 6)
    const type = fields[separator + 1]
    if (separator < 0 || type === undefined || fields[4] === undefined) continue
    const path = fields[4].replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ) as RawPath
    // Whatever `/` is on (a container's may be 9p) is what the machine is made of.
    const kind = path === '/' ? null : kindOf(type)
    // A later mount on the same point hides the earlier one.
    if (kind === null) mounts.delete(path)
    else mounts.set(path, { path, kind, type })
  }
  return mounts
}

function kindOf(type: string): MountKind | null {
  if (PSEUDO.has(type)) return 'pseudo'
  if (REMOTE.has(type) || type.startsWith('fuse.') || type === 'fuse') return 'remote'
  return null
}

/** True when `path` lies in a file system that a walk does not enter by itself. */
export function isOnSuchMount(mounts: ReadonlyMap<RawPath, Mount>, path: RawPath): boolean {
  for (const mount of mounts.values()) if (isWithin(path, mount.path)) return true
  return false
}
