/**
 * Host key algorithms by the key they show: a server with one RSA key offers it under three signature algorithms, and one
 * connection reads it. Modern first, so that the first connection is the cheapest.
 */
const algorithmsByKey: readonly (readonly [key: string, algorithms: readonly string[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-rsa-sha256@ssh.com', 'ssh-rsa-sha512@ssh.com']],
  ['ssh-ed448', ['ssh-ed448']],
  ['ssh-dss', ['ssh-dss']],
  ['sk-ssh-ed25519@openssh.com', ['sk-ssh-ed25519@openssh.com']],
  ['sk-ecdsa-sha2-nistp256@openssh.com', ['sk-ecdsa-sha2-nistp256@openssh.com']],
  ['ssh-ed25519-cert-v01@openssh.com', ['ssh-ed25519-cert-v01@openssh.com']],
  ['ecdsa-sha2-nistp256-cert-v01@openssh.com', ['ecdsa-sha2-nistp256-cert-v01@openssh.com']],
  ['ecdsa-sha2-nistp384-cert-v01@openssh.com', ['ecdsa-sha2-nistp384-cert-v01@openssh.com']],
  ['ecdsa-sha2-nistp521-cert-v01@openssh.com', ['ecdsa-sha2-nistp521-cert-v01@openssh.com']],
  ['ssh-rsa-cert-v01@openssh.com', ['rsa-sha2-512-cert-v01@openssh.com', 'rsa-sha2-256-cert-v01@openssh.com', 'ssh-rsa-cert-v01@openssh.com']],
  ['ssh-dss-cert-v01@openssh.com', ['ssh-dss-cert-v01@openssh.com']],
]

/** Every algorithm this probe can ask for, in order of preference. */
export const knownHostKeyAlgorithms: readonly string[] = algorithmsByKey.flatMap(([, algorithms]) => algorithms)

/** What to ask a server for, one connection each: the algorithms of every key it offers. */
export function hostKeyRequests(offered: readonly string[]): readonly (readonly string[])[] {
  return algorithmsByKey.map(([, algorithms]) => algorithms.filter((algorithm) => offered.includes(algorithm))).filter((algorithms) => algorithms.length > 0)
}
