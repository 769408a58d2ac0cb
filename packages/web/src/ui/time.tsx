import { systemClock, type Clock } from '@muster/core'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { exactTime, expiryOf, expiryText, momentOf, relativeTime } from '../format/dates.ts'
import { cx } from './cx.ts'
import { Tooltip } from './tooltip.tsx'

const NowContext = createContext<Date>(systemClock.now())
const ClockContext = createContext<Clock>(systemClock)

/** Gives everything below one idea of now, renewed twice a minute. */
export function NowProvider({ clock, children }: { clock: Clock; children: ReactNode }): ReactNode {
  const [now, setNow] = useState(() => clock.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), 30_000)
    return () => clearInterval(timer)
  }, [clock])
  return <ClockContext value={clock}><NowContext value={now}>{children}</NowContext></ClockContext>
}

/** The current time, half a minute old at most. */
export function useNow(): Date {
  return useContext(NowContext)
}

/** `4 days ago`, with the exact time in a tooltip; a dash for null. */
export function When({ at, className }: { at: string | null; className?: string }): ReactNode {
  const now = useNow()
  const clock = useContext(ClockContext)
  if (at === null) return <span className="text-ink-3">–</span>
  // What was done since the last renewal would be ahead of it.
  const text = relativeTime(at, Date.parse(at) > now.getTime() ? clock.now() : now)
  return (
    <Tooltip text={exactTime(at)}>
      <time dateTime={at} className={cx('whitespace-nowrap', className)}>{text}</time>
    </Tooltip>
  )
}

/** `today 12:29` or `24 Nov 09:12`, for logs, with the exact time in a tooltip. */
export function Moment({ at, className }: { at: string; className?: string }): ReactNode {
  const now = useNow()
  return <Tooltip text={exactTime(at)}><time dateTime={at} className={cx('whitespace-nowrap', className)}>{momentOf(at, now)}</time></Tooltip>
}

const colours = { expired: 'text-critical', urgent: 'text-critical', soon: 'text-high', fine: '' } as const

/** `in 23 days` or `expired 4 days ago`, coloured by how close it is, of a lifetime that began at `from` where that is known. */
export function Expiry({ at, from = null, className }: { at: string | null; from?: string | null; className?: string }): ReactNode {
  const now = useNow()
  if (at === null) return <span className="text-ink-3">–</span>
  return (
    <Tooltip text={exactTime(at)}>
      <time dateTime={at} className={cx('whitespace-nowrap', colours[expiryOf(at, now, from)], className)}>{expiryText(at, now)}</time>
    </Tooltip>
  )
}
