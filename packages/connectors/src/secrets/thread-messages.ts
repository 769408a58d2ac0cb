import { Secret } from '@muster/core/basis'
import type { FoundSecret } from '@muster/detect/inspect'
import type { InspectionJob, ItemResult } from './inspection-job.ts'

type Plain = Omit<FoundSecret, 'secret' | 'match'> & { readonly secret: Uint8Array; readonly match: Uint8Array }

/** What a thread is given to look at: the items of a job from `from` on. */
export type JobMessage = { readonly job: InspectionJob; readonly from: number }

/** An item's result as it goes from one thread to another, where objects lose their classes. */
export type ItemMessage = Omit<ItemResult, 'found'> & { readonly found: readonly Plain[] }

/** What a thread says: an item's result, if there is anything to tell, or that the job is done. */
export type ThreadMessage = ItemMessage | { readonly bytesRead: number }

export function toMessage({ item, found, problems, stamp, unread, failed }: ItemResult): ItemMessage {
  return { item, problems, stamp, unread, failed, found: found.map((each) => ({ ...each, secret: each.secret.reveal(), match: each.match.reveal() })) }
}

export function fromMessage(message: ItemMessage): ItemResult {
  return { ...message, found: message.found.map((each) => ({ ...each, secret: new Secret(each.secret), match: new Secret(each.match) })) }
}
