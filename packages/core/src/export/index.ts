export { csvLine } from './csv.ts'
export { type SarifLog, type SarifLine, sarifLog, type SarifResult, sarifText, sarifUri } from './sarif.ts'
export { type CbomHead, type CbomItem, cbomText, type CbomVersion, cbomVersions } from './cbom.ts'
