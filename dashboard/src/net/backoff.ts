const FIRST_MILLIS = 500
const LONGEST_MILLIS = 15_000

/**
 * Wait before the given attempt (from 0): full jitter under a doubling ceiling, never less than a fifth of a second.
 */
export function backoffMillis(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MILLIS, FIRST_MILLIS * 2 ** Math.min(attempt, 10))
  return Math.max(200, Math.round(ceiling * random))
}
