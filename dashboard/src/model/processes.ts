/** The processes of one machine in the order that is asked for. */
import type { ProcessRow } from '../contract/types'

export type ProcessOrder = 'cpu' | 'memory'

const measure: Record<ProcessOrder, (process: ProcessRow) => number> = {
  cpu: (process) => process.cpuUtilization ?? -1,
  memory: (process) => process.memoryBytes,
}

/** Most first; what is equal stands by number, so that rows do not jump. */
export function ordered(processes: readonly ProcessRow[], by: ProcessOrder): ProcessRow[] {
  const value = measure[by]
  return [...processes].sort((a, b) => value(b) - value(a) || a.pid - b.pid)
}

/** Why there are none. */
export function absence(sampleTime: number, state: 'up' | 'stale' | 'down'): string {
  if (sampleTime === 0) return 'Nothing was heard of this machine yet.'
  if (state !== 'up') return 'This machine fell silent before it told of its processes.'
  return 'Nothing told yet. An agent looks every 10 s; one of an earlier version does not, and one that may not see processes cannot.'
}
