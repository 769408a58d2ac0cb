export { rowsParameter, storableJson, storableText } from '../platform/db/json-parameter.ts'
