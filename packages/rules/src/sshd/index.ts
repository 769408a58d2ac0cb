export { passwordAuthentication } from './password-authentication.ts'
export { permitEmptyPasswords } from './permit-empty-passwords.ts'
export { permitRootLogin } from './permit-root-login.ts'
export { strictModesOff } from './strict-modes-off.ts'
