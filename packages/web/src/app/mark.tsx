import type { ReactNode } from 'react'

/** The product's mark: a roll with its last entry answered. */
export function Mark({ size = 22 }: { size?: number }): ReactNode {
  return (
    <svg aria-hidden viewBox="0 0 32 32" width={size} height={size} className="shrink-0">
      <rect width="32" height="32" rx="7" fill="var(--accent-solid)" />
      <g fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M8 10h12M8 16h7M8 22h4M16.500 20.500l3.500 3.500 5.500-8" />
      </g>
    </svg>
  )
}
