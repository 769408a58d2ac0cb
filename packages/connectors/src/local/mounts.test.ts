import { expect, test } from 'vitest'
import { isOnSuchMount, parseMountInfo } from './mounts.ts'
import { rawPath } from './raw-path.ts'

const TABLE = String.raw`22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw,nosuid shared:2 - proc proc rw
24 22 0:30 / /mnt/my\040share rw - nfs4 server:/export rw
25 22 0:31 / /run rw,nosuid shared:3 master:1 - tmpfs tmpfs rw
26 22 0:40 / /home/a/gdrive rw - fuse.rclone drive rw
27 22 0:41 / /mnt/over rw - nfs server:/x rw
28 22 0:42 / /mnt/over rw - ext4 /dev/vdb rw
`

test('mounts a walk must not enter are those of the kernel and those of other machines', () => {
  const mounts = parseMountInfo(TABLE)
  expect([...mounts].map(([path, mount]) => [path, mount.kind])).toEqual([
    ['/proc', 'pseudo'],
    ['/mnt/my share', 'remote'],
    ['/home/a/gdrive', 'remote'],
  ])
  expect(isOnSuchMount(mounts, rawPath('/proc/1/mem'))).toBe(true)
  expect(isOnSuchMount(mounts, rawPath('/process'))).toBe(false)
})

test('whatever the root directory is on counts as the machine itself', () => {
  expect(parseMountInfo('20 1 0:1 / / rw - 9p none rw\n').size).toBe(0)
})

test('lines that are no mounts are passed over', () => {
  expect(parseMountInfo('\n1 2 3\nrubbish - - -\n').size).toBe(0)
})
