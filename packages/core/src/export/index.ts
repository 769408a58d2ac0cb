export { csvLine } from './csv.ts'
export { sarifLog, type SarifResult, sarifText } from './sarif.ts'
export { type CbomHead, type CbomItem, cbomText, type CbomVersion, cbomVersions } from './cbom.ts'
