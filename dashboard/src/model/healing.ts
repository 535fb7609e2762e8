/**
 * Gaps that may still be filled, and how often to look. Samples that an agent kept while the server or its database was
 * away arrive late; until then history has a hole where they belong.
 */
import type { Coverage, Gap } from '../contract/types'

export const FIRST_LOOK_MILLIS = 5_000
export const SLOWEST_LOOK_MILLIS = 60_000
/** Servers take no older samples unless told to: what is missing before that stays missing. */
const HORIZON_MILLIS = 48 * 3_600_000

/** Nothing was sampled then, or it is known to be gone: no wait will fill these. */
const FINAL = new Set(['stopped', 'suspended', 'rebooted', 'clockStepped', 'spoolDropped', 'sampleLost', 'missing'])

export function isAwaited(gap: Gap, now: number): boolean {
  return !FINAL.has(gap.reason) && gap.to > now - HORIZON_MILLIS
}

/** Whether anything in a range that ends at `to` may still come. */
export function mayHeal(gaps: readonly Gap[], coverage: Coverage | undefined, to: number, now: number): boolean {
  return gaps.some((gap) => isAwaited(gap, now)) || ((coverage?.missing ?? 0) > 0 && to > now - HORIZON_MILLIS)
}

/** Time to the look after one that found nothing new. */
export function nextLook(millis: number): number {
  return Math.min(SLOWEST_LOOK_MILLIS, millis * 2)
}

export interface Look {
  from: number
  to: number
  stepMillis: number
  gaps: readonly Gap[]
  coverage: Coverage | undefined
}

/**
 * Whether gaps or their reasons differ between two answers, where both look: the window has moved on in the meantime, so
 * that a gap leaves on the left and grows on the right without anything having come.
 */
export function differs(before: Look, after: Look): boolean {
  const from = Math.max(before.from, after.from) + 2 * after.stepMillis
  const to = Math.min(before.to, after.to) - 2 * after.stepMillis
  const tolerance = 1.5 * Math.max(before.stepMillis, after.stepMillis)
  const clip = (gaps: readonly Gap[]): Gap[] =>
    gaps
      .filter((gap) => gap.to > from && gap.from < to)
      .map((gap) => ({ from: Math.max(gap.from, from), to: Math.min(gap.to, to), reason: gap.reason }))
  const [a, b] = [clip(before.gaps), clip(after.gaps)]
  if (a.length !== b.length) return true
  return a.some((gap, i) => {
    const other = b[i]
    return (
      other === undefined ||
      other.reason !== gap.reason ||
      Math.abs(other.from - gap.from) > tolerance ||
      Math.abs(other.to - gap.to) > tolerance
    )
  })
}
