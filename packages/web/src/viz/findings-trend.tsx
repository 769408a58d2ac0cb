import 'uplot/dist/uPlot.min.css'
import { severities, type Severity } from '@muster/core'
import type { Overview } from '@muster/core/api'
import { useEffect, useRef, type ReactNode } from 'react'
import uPlot from 'uplot'
import { stackOf } from './stack.ts'
import { useWidth } from './use-width.ts'

const HEIGHT = 148
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

/** Resolves light-dark() as the element sees it: canvas needs a plain colour. */
function resolved(element: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${name})`
  element.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value || colour(name)
}

function optionsFor(element: HTMLElement, width: number): uPlot.Options {
  const axis = { stroke: resolved(element, 'ink-3'), font: '11px Inter Variable, sans-serif', grid: { stroke: resolved(element, 'line'), width: 1 }, ticks: { show: false } }
  const order = severities.toReversed()
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 0, 0, 0],
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(1, max)] } },
    axes: [{ ...axis, grid: { show: false }, space: 80, values: '{D} {MMM}' as unknown as uPlot.Axis.Values, size: 24, gap: 6 }, { ...axis, size: 40, gap: 8, space: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000, 100_000] }],
    series: [{}, ...order.toReversed().map((severity) => ({ label: severity, stroke: resolved(element, severity), width: 1.25, points: { show: false } }))],
    bands: severities.map((severity, index) => ({ series: [index + 1, index + 2] as [number, number], fill: withAlpha(resolved(element, severity)) })).slice(0, -1),
  }
}

const withAlpha = (rgb: string): string => rgb.replace(/^rgb\(([^)]+)\)$/, 'rgba($1, 0.16)')

/** Open findings of the last 30 days, stacked with the worst on top. */
export function FindingsTrend({ trend }: { trend: Overview['trend'] }): ReactNode {
  const [ref, width] = useWidth<HTMLDivElement>()
  const plot = useRef<uPlot | null>(null)
  useEffect(() => {
    const element = ref.current
    if (element === null || width === 0) return
    const draw = (): void => {
      plot.current?.destroy()
      plot.current = new uPlot(optionsFor(element, width), stackOf(trend) as uPlot.AlignedData, element)
    }
    draw()
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    window.addEventListener('muster:theme', draw)
    return () => {
      dark.removeEventListener('change', draw)
      window.removeEventListener('muster:theme', draw)
      plot.current?.destroy()
      plot.current = null
    }
  }, [ref, trend, width])
  const last = trend.at(-1)
  const sum = (counts: Partial<Record<Severity, number>> | undefined): number => severities.reduce((total, severity) => total + (counts?.[severity] ?? 0), 0)
  return <div ref={ref} role="img" aria-label={`Open findings over ${trend.length} days: from ${sum(trend[0]?.counts)} to ${sum(last?.counts)}`} style={{ height: HEIGHT }} />
}
