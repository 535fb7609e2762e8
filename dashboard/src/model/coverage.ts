/** How much of a stretch is covered, and what was sent but is not there, in words for a person. */
import type { Coverage, CoverageRun, MachineEvent } from '../contract/types'
import { duration } from './units'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** 85412 as 85,412. */
export function grouped(n: number): string {
  return Math.round(n).toLocaleString('en')
}

/** "0 missing of 85,412 issued". */
export function missingText(coverage: Coverage): string {
  return coverage.issued === 0
    ? 'nothing issued'
    : `${grouped(coverage.missing)} missing of ${grouped(coverage.issued)} issued`
}

/** "23:41 of 24:00 covered": hours and minutes up to two days, finer below and coarser above. Never rounded up. */
export function coveredText(coverage: Coverage): string {
  const span = coverage.spanMillis
  const covered = Math.min(coverage.coveredMillis, span)
  // Intervals overlap their edges by parts of a second; a minute that is all there must not read as one less.
  const name = span < HOUR ? fine : span <= 2 * DAY ? hours : (millis: number): string => coarse(millis)
  return `${name(covered)} of ${name(span)} covered`
}

function fine(millis: number): string {
  return duration(Math.round(millis / 1000))
}

function hours(millis: number): string {
  const minutes = Math.floor((millis + 500) / MINUTE)
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function coarse(millis: number): string {
  const whole = Math.floor((millis + 500) / HOUR)
  const [days, rest] = [Math.floor(whole / 24), whole % 24]
  return rest === 0 ? `${days}d` : days === 0 ? `${rest}h` : `${days}d ${rest}h`
}

export function coverageText(coverage: Coverage): string {
  return `${missingText(coverage)}; ${coveredText(coverage)}`
}

const EVENTS: Record<string, string> = {
  run_start: 'The agent started',
  run_stop: 'The agent was stopped',
  suspend: 'The machine was suspended',
  clock_step: 'The clock was set',
  spool_drop: 'The spool dropped samples',
  sample_lost: 'Samples were lost',
}

/** What happened, as a short sentence; kinds that a newer server knows are shown by their name. */
export function eventText(event: MachineEvent): string {
  return EVENTS[event.kind] ?? words(event.kind)
}

/** Samples that an event is about; 0 where it names none. */
export function samplesOf(event: MachineEvent): number {
  const { firstSequence: first, lastSequence: last } = event
  return typeof first === 'number' && typeof last === 'number' && last >= first && first > 0 ? last - first + 1 : 0
}

/** Milliseconds that an event explains; undefined where it explains none: what a run's start names is when its machine booted. */
export function lengthOf(event: MachineEvent): number | undefined {
  const { from, to } = event
  return event.kind !== 'run_start' && from && to && to > from ? to - from : undefined
}

/** spoolDropped, spool_dropped: "spool dropped". */
export function words(name: string): string {
  const plain = name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return plain.charAt(0).toUpperCase() + plain.slice(1)
}

/** Where a stretch stands on a strip from `from` to `to`: left edge and width, 0..1; undefined where it is outside. */
export function placeOf(
  part: { from: number; to: number },
  from: number,
  to: number,
): { left: number; width: number } | undefined {
  const [start, end] = [Math.max(part.from, from), Math.min(part.to, to)]
  const span = to - from
  return span > 0 && end >= start ? { left: (start - from) / span, width: (end - start) / span } : undefined
}

/** Newest first. */
export function newestFirst(runs: readonly CoverageRun[]): CoverageRun[] {
  return [...runs].sort((a, b) => b.from - a.from)
}
