import { Secret } from '@muster/core/basis'
import type { FoundSecret } from '@muster/detect/inspect'
import type { InspectionJob, ItemResult } from './inspection-job.ts'

type Plain = Omit<FoundSecret, 'secret' | 'match'> & { readonly secret: Uint8Array; readonly match: Uint8Array }

/** What a thread is given to look at: the items of a job from `from` on. `atOnce`: each item is told when it is done, since the next may never be. */
export type JobMessage = { readonly job: InspectionJob; readonly from: number; readonly atOnce: boolean }

/** An item's result as it goes from one thread to another, where objects lose their classes. */
export type ItemMessage = Omit<ItemResult, 'found'> & { readonly found: readonly Plain[] }

/** What a thread says: results of items with anything to tell, and when the job is done how much was read for it. */
export type ThreadMessage = { readonly items: readonly ItemMessage[]; readonly bytesRead: number | null }

export function toMessage({ item, found, problems, stamp, unread, failed }: ItemResult): ItemMessage {
  return { item, problems, stamp, unread, failed, found: found.map((each) => ({ ...each, secret: each.secret.reveal(), match: each.match.reveal() })) }
}

export function fromMessage(message: ItemMessage): ItemResult {
  return { ...message, found: message.found.map((each) => ({ ...each, secret: new Secret(each.secret), match: new Secret(each.match) })) }
}
