import { hash, verify } from '@node-rs/argon2'

// OWASP Password Storage Cheat Sheet: Argon2id (the library's number 2) with 19 MiB, 2 iterations, 1 lane.
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** The Argon2id hash of a password in PHC form; runs on the thread pool. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), PARAMETERS)
}

let dummy: Promise<string> | null = null

/**
 * Whether the password is the hash's. Null, for an account that is unknown or has no password, takes as long as a
 * real one and is always no, so the time does not tell which accounts exist.
 */
export async function passwordMatches(password: string, passwordHash: string | null): Promise<boolean> {
  dummy ??= hashPassword('no account has this password')
  const matches = await verify(passwordHash ?? (await dummy), password.normalize('NFKC'))
  return passwordHash !== null && matches
}
