import type { ReactNode } from 'react'

const SLOT = 52
const WIDTH = 44

/** Curves from `count` boxes, one above the other, to one in the middle, or the other way round; purely visual. */
function Curves({ count, slots, from }: { count: number; slots: number; from: 'left' | 'right' }): ReactNode {
  const height = slots * SLOT
  const middle = height / 2
  const first = middle - (count * SLOT) / 2 + SLOT / 2
  const bend = WIDTH * 0.55
  return (
    <svg aria-hidden width={WIDTH} height={height} viewBox={`0 0 ${WIDTH} ${height}`} className="shrink-0 @max-3xl:hidden">
      {Array.from({ length: count }, (_, index) => {
        const y = first + index * SLOT
        const [y1, y2] = from === 'left' ? [y, middle] : [middle, y]
        return <path key={index} d={`M1 ${y1}C${bend} ${y1} ${WIDTH - bend} ${y2} ${WIDTH - 1} ${y2}`} fill="none" stroke="var(--bar)" strokeWidth={1.25} />
      })}
    </svg>
  )
}

/**
 * Three columns with curves between them: what leads to the thing in the middle, and what it leads to. Below a width of
 * 48 rem the columns stand under each other. The boxes are ordinary lists, so they read the same without the picture.
 */
export function Flow({ label, left, middle, right }: { label: string; left: { title: string; items: readonly ReactNode[] }; middle: ReactNode; right: { title: string; items: readonly ReactNode[] } }): ReactNode {
  const slots = Math.max(left.items.length, right.items.length, 2)
  const column = ({ title, items }: { title: string; items: readonly ReactNode[] }): ReactNode => (
    <ul aria-label={title} className="flex min-w-0 flex-1 flex-col">
      {items.map((item, index) => <li key={index} className="flex flex-col justify-center" style={{ height: SLOT }}>{item}</li>)}
    </ul>
  )
  return (
    <div role="group" aria-label={label} className="@container">
      <div className="flex items-center @max-3xl:flex-col @max-3xl:items-stretch @max-3xl:gap-2">
        {column(left)}
        <Curves count={left.items.length} slots={slots} from="left" />
        <div className="min-w-0 flex-[0.9]">{middle}</div>
        <Curves count={right.items.length} slots={slots} from="right" />
        {column(right)}
      </div>
    </div>
  )
}
