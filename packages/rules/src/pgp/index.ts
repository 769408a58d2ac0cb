export { pgpExpired } from './expired.ts'
export { pgpNeverExpires } from './never-expires.ts'
