export { openToAnyone } from './open-to-anyone.ts'
export { openToOrganisation } from './open-to-organisation.ts'
export { proposedChanges } from './proposed-changes.ts'
