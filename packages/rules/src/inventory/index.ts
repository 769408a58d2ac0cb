export { noOwner } from './no-owner.ts'
export { staleLocation } from './stale-location.ts'
