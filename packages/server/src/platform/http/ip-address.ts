/** The eight 16-bit groups of an IPv6 address in any spelling. @throws TypeError for what is none. */
export function ipv6Groups(address: string): number[] {
  // The URL parser writes any spelling as groups of hex with at most one gap.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const left = parseGroups(head)
  const right = parseGroups(tail ?? '')
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
}

function parseGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
