/** The span that the charts show, as it stands in the address: `range=15m`, `range=all`, or `from=...&to=...`. */
export interface Preset {
  name: string
  title: string
  millis: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const PRESETS: readonly Preset[] = [
  { name: '5m', title: 'last 5 minutes', millis: 5 * MINUTE },
  { name: '15m', title: 'last 15 minutes', millis: 15 * MINUTE },
  { name: '1h', title: 'last hour', millis: HOUR },
  { name: '6h', title: 'last 6 hours', millis: 6 * HOUR },
  { name: '24h', title: 'last 24 hours', millis: DAY },
  { name: '7d', title: 'last 7 days', millis: 7 * DAY },
  { name: '30d', title: 'last 30 days', millis: 30 * DAY },
  { name: '1y', title: 'last year', millis: 365 * DAY },
]

export const DEFAULT_RANGE = '15m'
/** As long as the coarsest tier is kept unless a server is told otherwise. */
export const LONGEST_MILLIS = 730 * DAY
const SHORTEST_SPAN_MILLIS = 10_000

export type TimeRange =
  { kind: 'last'; name: string; millis: number } | { kind: 'all' } | { kind: 'span'; from: number; to: number }

/** Reads a range from the query; anything unreadable is the default. */
export function rangeFromQuery(query: URLSearchParams): TimeRange {
  const from = Number(query.get('from') ?? Number.NaN)
  const to = Number(query.get('to') ?? Number.NaN)
  if (Number.isFinite(from) && Number.isFinite(to) && to > from) return { kind: 'span', from, to }
  const name = query.get('range') ?? DEFAULT_RANGE
  if (name === 'all') return { kind: 'all' }
  const preset = PRESETS.find((p) => p.name === name) ?? PRESETS.find((p) => p.name === DEFAULT_RANGE)
  return { kind: 'last', name: preset?.name ?? DEFAULT_RANGE, millis: preset?.millis ?? 15 * MINUTE }
}

/** The query parameters that stand for a range; null takes a parameter away. */
export function queryOfRange(range: TimeRange): Record<string, string | null> {
  switch (range.kind) {
    case 'last':
      return { range: range.name === DEFAULT_RANGE ? null : range.name, from: null, to: null }
    case 'all':
      return { range: 'all', from: null, to: null }
    case 'span':
      return { range: null, from: String(Math.round(range.from)), to: String(Math.round(range.to)) }
  }
}

/** A span dragged over a chart, widened where it is too short to hold a few samples. */
export function spanOf(from: number, to: number): TimeRange {
  const missing = Math.max(0, SHORTEST_SPAN_MILLIS - (to - from)) / 2
  return { kind: 'span', from: from - missing, to: to + missing }
}

/** Left and right edge at this moment. `first` is when the machine was first seen, known once history has answered. */
export function edges(range: TimeRange, now: number, first: number | undefined): { from: number; to: number } {
  switch (range.kind) {
    case 'last':
      return { from: now - range.millis, to: now }
    case 'all':
      return { from: Math.min(first ?? now - LONGEST_MILLIS, now - MINUTE), to: now }
    case 'span':
      return { from: range.from, to: range.to }
  }
}

/** True where the right edge moves with time. */
export function follows(range: TimeRange): boolean {
  return range.kind !== 'span'
}

/**
 * How many points to ask for: one per second where that is all there is, otherwise no more than a chart shows calmly.
 * The server takes the least usual step that stays below this number, hence the two more than there are seconds.
 */
export function pointsFor(millis: number): number {
  return Math.max(60, Math.min(millis <= HOUR ? 1_200 : 500, Math.ceil(millis / 1_000) + 2))
}
