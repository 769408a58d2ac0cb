export { csvLine } from './csv.ts'
export { sarifLog, type SarifResult } from './sarif.ts'
