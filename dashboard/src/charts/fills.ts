import type uPlot from 'uplot'
import type { Nullable } from '../model/timeline'

/**
 * Fills between two curves (or from zero up where there is no lower one), one polygon per unbroken run. uPlot's own
 * bands would need both edges as series of their own, with a cursor point and a legend entry each.
 */
export function fillBetween(
  u: uPlot,
  times: readonly number[],
  low: Nullable | undefined,
  high: Nullable,
  fill: string,
): void {
  const [first, last] = u.series[0]?.idxs ?? [0, times.length - 1]
  const pen = u.ctx
  const { left, top, width, height } = u.bbox
  const x = pixels(u, 'x', left, width, false)
  const y = pixels(u, 'y', top, height, true)
  pen.save()
  pen.beginPath()
  pen.rect(left, top, width, height)
  pen.clip()
  pen.fillStyle = fill
  pen.beginPath()
  let start = -1
  const close = (end: number): void => {
    if (start < 0) return
    for (let i = end; i >= start; i--) pen.lineTo(x(times[i] ?? 0), y(low?.[i] ?? 0))
    pen.closePath()
    start = -1
  }
  const end = Math.min(times.length - 1, last + 1)
  for (let i = Math.max(0, first - 1); i <= end; i++) {
    const value = high[i]
    if (value === null || value === undefined) {
      close(i - 1)
    } else if (start < 0) {
      start = i
      pen.moveTo(x(times[i] ?? 0), y(value))
    } else {
      pen.lineTo(x(times[i] ?? 0), y(value))
    }
  }
  close(end)
  pen.fill()
  pen.restore()
}

function pixels(u: uPlot, scale: string, offset: number, size: number, down: boolean): (value: number) => number {
  const { min, max } = u.scales[scale] ?? {}
  const from = min ?? 0
  const span = (max ?? 1) - from || 1
  return down
    ? (value) => offset + size - ((value - from) / span) * size
    : (value) => offset + ((value - from) / span) * size
}
