import { createServer, type AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLsof, parseProcNetTcp } from './sockets.ts'
import { localSystem } from './system.ts'

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (address: string, port: string, state: string, uid = 0, inode = 42): string =>
  `   0: ${address}:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`

test('only sockets that listen are given, with addresses as people write them', () => {
  const text =
    HEADER +
    row('00000000', '0016', '0A') +
    row('0100007F', '1F90', '0A', 33, 7) +
    row('0100007F', '1F91', '01') +
    row('00000000000000000000000000000000', '0050', '0A') +
    row('00000000000000000000000001000000', '0051', '0A') +
    row('0000000000000000FFFF00000100007F', '0052', '0A') +
    row('B80D0120000000000000000001000000', '01BB', '0A')
  expect(parseProcNetTcp(text).map(({ address, port }) => `${address} ${port}`)).toEqual([
    '0.0.0.0 22',
    '127.0.0.1 8080',
    ':: 80',
    '::1 81',
    '127.0.0.1 82',
    '2001:db8::1 443',
  ])
  expect(parseProcNetTcp(text)[1]).toMatchObject({ uid: 33, inode: '7' })
})

test('no text breaks the reader of the socket table', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', 'A', ':', ' ', '\n', 'F') }), (text) =>
      parseProcNetTcp(text).every(({ port }) => port > 0 && port < 65_536),
    ),
  )
})

test('lsof output gives one socket per address and port', () => {
  expect(
    parseLsof('p1\ncsshd\nu0\nLroot\nf3\nn*:22\nf4\nn[::1]:631\np2\ncnginx\nLwww\nn127.0.0.1:443\nn127.0.0.1:443\nnweird\n'),
  ).toMatchObject([
    { address: '0.0.0.0', port: 22, uid: 0, process: { pid: 1, name: 'sshd', user: 'root' } },
    { address: '::1', port: 631, process: { pid: 1 } },
    { address: '127.0.0.1', port: 443, process: { pid: 2, name: 'nginx', user: 'www' } },
  ])
})

test('a socket of this process is found with its process', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const table = await localSystem().listeningSockets(new AbortController().signal)
    expect(table.available).toBe(true)
    expect(table.sockets.find((socket) => socket.port === port)).toMatchObject({
      address: '127.0.0.1',
      process: { pid: process.pid, name: expect.stringMatching(/^node/) },
    })
  } finally {
    server.close()
  }
})
