import { batch, computed, signal } from '@preact/signals'
import type {
  Alert,
  AlertFrame,
  Columns,
  DeltaFrame,
  Frame,
  InventoryFrame,
  ServerStatus,
  SnapshotFrame,
} from '../contract/types'
import type { Sample } from '../model/timeline'
import { Machine } from './machine'

const RESOLVED_KEPT = 200

/**
 * State by machine, fed by frames. A frame costs only the machines it names: their fields are changed at once, what
 * draws them is told once per animation frame.
 */
export class LiveStore {
  readonly machines = new Map<string, Machine>()
  /** Grows when a machine comes, goes, changes its state or its inventory. */
  readonly membership = signal(0)
  /** Grows with each flush that changed any machine. */
  readonly changes = signal(0)
  readonly alerts = signal<ReadonlyMap<string, Alert>>(new Map())
  readonly status = signal<ServerStatus>({ degraded: [], public: false, staleSince: null })
  /** False until the first snapshot. */
  readonly known = signal(false)
  /** False until the first snapshot of the fleet: nobody knows yet which machines there are. */
  readonly fleetKnown = signal(false)
  readonly paused = signal(false)
  readonly firing = computed(() => [...this.alerts.value.values()].filter((alert) => alert.state === 'firing'))

  private readonly dirty = new Set<Machine>()
  private membersChanged = false
  private scheduled = false
  private clockOffset = 0
  private listener: ((machine: string, sample: Sample, fresh: boolean) => void) | undefined

  /** @param schedule runs a task before the next painting; a tab in the background needs a timer instead */
  constructor(private readonly schedule: (task: () => void) => void) {}

  /** Time at the server, as far as its snapshots tell; ages of samples are counted from it. */
  now(): number {
    return Date.now() + this.clockOffset
  }

  /**
   * One listener for whole samples: the machine page's charts. `fresh` = first after a snapshot, so some may be missing
   * before.
   */
  listen(listener: ((machine: string, sample: Sample, fresh: boolean) => void) | undefined): void {
    this.listener = listener
  }

  pause(paused: boolean): void {
    this.paused.value = paused
    if (!paused) this.flush()
  }

  apply(frame: Frame): void {
    switch (frame.type) {
      case 'snapshot':
        return this.snapshot(frame)
      case 'delta':
        return this.delta(frame)
      case 'inventory':
        return this.inventory(frame)
      case 'alert':
        return this.alert(frame)
      case 'status':
        return this.takeStatus(frame)
      case 'error':
        console.warn('the server refused a message:', frame.detail)
    }
  }

  private snapshot(frame: SnapshotFrame): void {
    this.clockOffset = frame.time - Date.now()
    if (frame.view === 'fleet') {
      for (const id of this.machines.keys()) if (!(id in frame.machines)) this.machines.delete(id)
    }
    for (const [id, live] of Object.entries(frame.machines)) {
      const machine = this.machine(id)
      // A fleet snapshot holds fewer keys than the machine view left here; the rest would never change again.
      machine.replace(live)
      const inventory = frame.inventories?.[id]
      if (inventory) machine.inventory = { ...inventory, id }
      const sparklines = frame.sparklines?.[id]
      if (sparklines) machine.fillSparks(sparklines)
      machine.rememberSample()
      this.dirty.add(machine)
      if (machine.time > 0 && !frame.recent)
        this.listener?.(id, { time: machine.time, values: { ...machine.values } }, true)
    }
    const [only, ...others] = Object.keys(frame.machines)
    if (frame.recent && only !== undefined && others.length === 0) {
      for (const sample of samplesOf(frame.recent)) this.listener?.(only, sample, false)
    }
    this.membersChanged = true
    batch(() => {
      this.known.value = true
      if (frame.view === 'fleet') this.fleetKnown.value = true
      if (frame.alerts) this.alerts.value = new Map(frame.alerts.map((alert) => [alert.id, alert]))
      if (frame.status) this.takeStatus(frame.status)
    })
    this.later()
  }

  private delta(frame: DeltaFrame): void {
    for (const [id, live] of Object.entries(frame.machines ?? {})) {
      const isNew = !this.machines.has(id)
      const machine = this.machine(id)
      const changed = machine.merge(live)
      if (live.time !== undefined) {
        machine.rememberSample()
        this.listener?.(id, { time: machine.time, values: { ...machine.values } }, false)
      }
      this.membersChanged ||= changed || isNew
      this.dirty.add(machine)
    }
    for (const id of frame.removed ?? []) this.membersChanged = this.machines.delete(id) || this.membersChanged
    this.later()
  }

  private inventory(frame: InventoryFrame): void {
    for (const [id, inventory] of Object.entries(frame.machines)) {
      const machine = this.machine(id)
      machine.inventory = { ...inventory, id }
      this.dirty.add(machine)
    }
    this.membersChanged = true
    this.later()
  }

  private alert(frame: AlertFrame): void {
    const alerts = new Map(this.alerts.value)
    alerts.delete(frame.alert.id)
    // What ended before it fired was nobody's business.
    if (frame.alert.state !== 'resolved' || frame.alert.firedAt) alerts.set(frame.alert.id, frame.alert)
    for (const [id, alert] of alerts) {
      if (alerts.size <= RESOLVED_KEPT) break
      if (alert.state === 'resolved') alerts.delete(id)
    }
    this.alerts.value = alerts
  }

  private takeStatus(status: Partial<ServerStatus>): void {
    const before = this.status.value
    this.status.value = {
      degraded: status.degraded ?? before.degraded,
      public: status.public ?? before.public,
      staleSince: status.staleSince === undefined ? before.staleSince : status.staleSince,
    }
  }

  private machine(id: string): Machine {
    let machine = this.machines.get(id)
    if (!machine) {
      machine = new Machine(id)
      this.machines.set(id, machine)
    }
    return machine
  }

  private later(): void {
    if (this.scheduled || this.paused.value) return
    this.scheduled = true
    this.schedule(() => {
      this.scheduled = false
      if (!this.paused.value) this.flush()
    })
  }

  private flush(): void {
    batch(() => {
      for (const machine of this.dirty) machine.version.value++
      this.dirty.clear()
      if (this.membersChanged) this.membership.value++
      this.membersChanged = false
      this.changes.value++
    })
  }
}

/** Rows of what the server remembers of the last minutes. */
function samplesOf(columns: Columns): Sample[] {
  const keys = Object.keys(columns).filter((key) => key !== 'times')
  return columns.times.map((time, i) => {
    const values: Record<string, number> = {}
    for (const key of keys) {
      const value = columns[key]?.[i]
      if (typeof value === 'number') values[key] = value
    }
    return { time, values }
  })
}
