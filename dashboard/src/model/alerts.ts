import type { Alert } from '../contract/types'

/** What is open is told live alone: an answer grows old, and says only what was resolved before. */
export function mergeAlerts(answer: readonly Alert[], live: ReadonlyMap<string, Alert>): Alert[] {
  return [...answer.filter((alert) => alert.state === 'resolved' && !live.has(alert.id)), ...live.values()]
}
