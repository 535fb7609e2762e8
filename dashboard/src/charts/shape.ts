/** From a timeline to the arrays that a chart draws. Pure: no canvas here. */
import { type Nullable, stack, type Timeline } from '../model/timeline'
import type { ChartSpec } from './spec'

export interface ChartArrays {
  times: number[]
  /** One per line, in the order of the spec: values, or running totals where they are stacked. */
  lines: Nullable[]
  /** Least and greatest value per line; empty where every step holds one sample, or where lines are stacked. */
  bands: { low: Nullable; high: Nullable }[]
  peak: Nullable | undefined
  /** Greatest value drawn, for the scale. */
  top: number
}

const MANY_LINES = 4

export function chartArrays(spec: ChartSpec, timeline: Timeline | undefined): ChartArrays {
  const times = drawnTimes(timeline)
  const empty = (): Nullable => new Array<null>(times.length).fill(null)
  const column = (key: string): Nullable => timeline?.columns.get(key)?.avg ?? empty()
  const values = spec.lines.map((line) => column(line.key))
  const aggregated = timeline !== undefined && timeline.isAggregated
  const lines = spec.stacked ? stack(values, times.length) : values
  const banded = aggregated && !spec.stacked && spec.lines.length <= MANY_LINES
  const bands = banded
    ? spec.lines.map((line) => ({
        low: timeline.columns.get(line.key)?.min ?? empty(),
        high: timeline.columns.get(line.key)?.max ?? empty(),
      }))
    : []
  const peak = aggregated && spec.peak ? (timeline.columns.get(spec.peak.key)?.max ?? empty()) : undefined
  const drawn = [
    ...(spec.stacked ? lines.slice(-1) : lines),
    ...bands.map((band) => band.high),
    ...(peak ? [peak] : []),
  ]
  return { times, lines, bands, peak, top: Math.max(0, ...drawn.map(greatest)) }
}

/**
 * Bucket starts, but the newest bucket stands at its newest sample, so that slow series reach the right edge as well.
 */
function drawnTimes(timeline: Timeline | undefined): number[] {
  if (!timeline || timeline.times.length === 0) return []
  const times = timeline.times.slice()
  times[times.length - 1] = Math.max(
    timeline.newest,
    Math.min(timeline.lastSample, timeline.newest + timeline.stepMillis),
  )
  return times
}

/** Indices of values without a neighbour: no line reaches them, so that they need a mark of their own. */
export function loneValues(values: ArrayLike<number | null | undefined>): number[] {
  const lone: number[] = []
  const absent = (i: number): boolean => values[i] === null || values[i] === undefined
  for (let i = 0; i < values.length; i++) if (!absent(i) && absent(i - 1) && absent(i + 1)) lone.push(i)
  return lone
}

function greatest(values: Nullable): number {
  let top = 0
  for (const value of values) if (value !== null && value > top) top = value
  return top
}

/** The top of a scale: fixed where known, otherwise a little room above the data. */
export function scaleTop(spec: ChartSpec, top: number): number {
  if (spec.max !== undefined && spec.max > 0) return spec.max
  const roomy = Math.max(top * 1.08, spec.leastMax ?? 0, Number.MIN_VALUE * 10)
  return spec.unit === 'share' && top <= 1 ? Math.min(1, roomy) : roomy
}

/** Distance of grid lines so that about `wanted` of them stand below `top`; binary for bytes. */
export function gridStep(top: number, wanted: number, binary: boolean): number {
  const rough = top / wanted
  if (!(rough > 0)) return 1
  if (binary && rough >= 1) {
    const power = 2 ** Math.floor(Math.log2(rough))
    return rough / power > 1.5 ? power * 2 : power
  }
  const power = 10 ** Math.floor(Math.log10(rough))
  const part = rough / power
  return power * (part > 5 ? 10 : part > 2.5 ? 5 : part > 2 ? 2.5 : part > 1 ? 2 : 1)
}

/** Grid lines from 0 up to and including what fits below `top`. */
export function gridLines(top: number, wanted: number, binary: boolean): number[] {
  const step = gridStep(top, wanted, binary)
  const lines: number[] = []
  for (let i = 0; i * step <= top * 1.0001 && i < 50; i++) lines.push(i * step)
  return lines
}
