export { MAX_PGP_FILE_BYTES, recognisePgp } from './recognise.ts'
