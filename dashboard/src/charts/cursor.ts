import { signal } from '@preact/signals'
import type { Gap } from '../contract/types'
import { words } from '../model/coverage'
import { clock, duration, moment } from '../model/units'

/** The moment under the pointer, the same for every chart of the page; undefined where it points at none. */
export const cursorTime = signal<number | undefined>(undefined)

/** Name under which uPlot moves the cursors of all charts together. */
export const SYNC_KEY = 'machine'

const REASONS: Record<string, string> = {
  unknown: 'no samples, reason unknown',
  silent: 'no samples since',
  stopped: 'the agent was stopped',
  restarted: 'the agent was restarted',
  rebooted: 'the machine was restarted',
  suspended: 'the machine was suspended',
  clockStepped: 'the clock was set',
  spoolDropped: 'the spool was full, samples were dropped',
  sampleLost: 'samples were lost',
  awaited: 'samples were taken and are still to come',
  missing: 'samples were taken and never came',
}

/** A gap in words: why, from when to when, how long. */
export function gapText(gap: Gap): string {
  const why = REASONS[gap.reason] ?? words(gap.reason)
  const long = gap.to - gap.from > 12 * 3_600_000
  const name = long ? moment : clock
  return `${why}, ${name(gap.from)} to ${name(gap.to)} (${duration((gap.to - gap.from) / 1000)})`
}

export const gapAt = (gaps: readonly Gap[], time: number): Gap | undefined =>
  gaps.find((gap) => gap.from < time && time < gap.to)
