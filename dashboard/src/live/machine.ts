import { signal, type Signal } from '@preact/signals'
import { KEY } from '../contract/keys'
import type { Columns, Inventory, LiveValues, MachineState, ProcessRow } from '../contract/types'
import { SparkHistory } from '../model/spark'

export const SPARK_KEYS = [KEY.cpu, KEY.memory, KEY.netReceive, KEY.netTransmit] as const

/** What is known of one machine now. The fields change in place; `version` tells those who draw it. */
export class Machine {
  readonly version: Signal<number> = signal(0)
  readonly sparks = new SparkHistory(SPARK_KEYS)
  values: Record<string, number> = {}
  inventory: Inventory
  state: MachineState = 'down'
  /** Stamp of the newest sample; 0 before the first. */
  time = 0
  lastSeen = 0
  processes: readonly ProcessRow[] = []
  /** When the processes were looked at; 0 before the first. */
  processesTime = 0

  constructor(readonly id: string) {
    this.inventory = { id }
  }

  value(key: string): number | undefined {
    return this.values[key]
  }

  /** Everything anew, as a snapshot says it. */
  replace(live: LiveValues): void {
    this.values = {}
    this.processes = []
    this.processesTime = 0
    this.merge(live)
  }

  /** Takes over what changed; true when the machine's state is another one now. */
  merge(live: LiveValues): boolean {
    const before = this.state
    for (const key of Object.keys(live)) {
      const value = live[key]
      if (key === 'time') this.time = live.time ?? this.time
      else if (key === 'state') this.state = live.state ?? this.state
      else if (key === 'lastSeen') this.lastSeen = live.lastSeen ?? this.lastSeen
      else if (key === 'processes') this.processes = live.processes ?? []
      else if (key === 'processesTime') this.processesTime = live.processesTime ?? 0
      else if (value === null) delete this.values[key]
      else if (typeof value === 'number') this.values[key] = value
    }
    if (live.time !== undefined) this.lastSeen = Math.max(this.lastSeen, live.time)
    return this.state !== before
  }

  /** The newest sample goes into the sparklines; not called for a message that brings no sample. */
  rememberSample(): void {
    this.sparks.add(this.time, (metric) => this.values[metric])
  }

  fillSparks(columns: Columns): void {
    this.sparks.fill(columns.times, (metric, i) => columns[metric]?.[i])
  }
}
