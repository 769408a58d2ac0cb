import { useMemo, type ReactNode } from 'react'
import { qrMatrix } from './qr.ts'

const QUIET = 4

/** A QR code as SVG, dark on white in both themes as readers expect, with the quiet zone of four modules. */
export function QrCode({ text, label, size = 176 }: { text: string; label: string; size?: number }): ReactNode {
  const matrix = useMemo(() => qrMatrix(text), [text])
  if (matrix === null) return null
  const extent = matrix.length + QUIET * 2
  const path = matrix.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('')
  return (
    <svg role="img" aria-label={label} width={size} height={size} viewBox={`0 0 ${extent} ${extent}`} shapeRendering="crispEdges" className="shrink-0 rounded-md">
      <rect width={extent} height={extent} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  )
}
