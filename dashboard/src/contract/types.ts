/** The JSON of REST and WebSocket as the dashboard reads it. Times are Unix milliseconds, ratios 0..1. */

export type MachineState = 'up' | 'stale' | 'down'

/** Newest value per metric key; a missing key was not measured. */
export type Metrics = Record<string, number>

/** What a machine is: everything except its moving values. */
/** One agent that claims to be a machine. */
export interface Claim {
  peer: string
  version: string
  runStart: number
}

/** Two agents under one identity: the newer run is heard. */
export interface DuplicateIdentity {
  heard: Claim
  refused: Claim
  refusedAt: number
}

export interface Inventory {
  id: string
  hostName?: string
  os?: string
  kernel?: string
  cpuModel?: string
  logicalCores?: number
  physicalCores?: number
  memoryBytes?: number
  bootTime?: number
  architecture?: string
  virtualization?: string
  agentVersion?: string
  labels?: Record<string, string>
  disks?: { name: string; model?: string; sizeBytes?: number }[]
  interfaces?: { name: string; speedBits?: number }[]
  filesystems?: { mountpoint: string; device?: string; type?: string }[]
  /** How far its own clock is ahead, where that is more than about 2 s. */
  clockErrorMillis?: number
  duplicateIdentity?: DuplicateIdentity
}

export type AlertState = 'pending' | 'firing' | 'resolved'
export type Severity = 'info' | 'warning' | 'critical'

export interface Alert {
  id: string
  rule: string
  machine: string
  series?: string | null
  state: AlertState
  severity: Severity
  message?: string | null
  startedAt: number
  firedAt?: number | null
  resolvedAt?: number | null
  value?: number | null
  threshold?: number | null
  reason?: string | null
}

/** One of the processes with most CPU time or memory; 1 = one core. */
export interface ProcessRow {
  pid: number
  command: string
  cpuUtilization?: number
  memoryBytes: number
  threads: number
}

/**
 * One machine inside a snapshot or delta: a few fixed words, a stamp, and a value per metric key. Processes come where
 * one machine is watched, every 10 s, all of them anew.
 */
export type LiveValues = {
  time?: number
  state?: MachineState
  lastSeen?: number
  processes?: ProcessRow[]
  processesTime?: number
} & {
  [key: string]: number | string | ProcessRow[] | null | undefined
}

/** Columns over common times; null where nothing was measured. */
export type Columns = { times: number[] } & { [key: string]: (number | null)[] }

export interface ServerStatus {
  degraded: string[]
  public: boolean
  staleSince: number | null
}

export interface SnapshotFrame {
  type: 'snapshot'
  sequence: number
  time: number
  view: 'fleet' | 'machine'
  machines: Record<string, LiveValues>
  inventories?: Record<string, Inventory>
  sparklines?: Record<string, Columns>
  recent?: Columns
  alerts?: Alert[]
  status?: Partial<ServerStatus>
}

export interface DeltaFrame {
  type: 'delta'
  sequence: number
  machines?: Record<string, LiveValues>
  removed?: string[]
}

export interface InventoryFrame {
  type: 'inventory'
  sequence: number
  machines: Record<string, Inventory>
}

export interface AlertFrame {
  type: 'alert'
  sequence: number
  alert: Alert
}

export interface StatusFrame extends Partial<ServerStatus> {
  type: 'status'
  sequence: number
}

export interface ErrorFrame {
  type: 'error'
  sequence: number
  detail?: string
}

export type Frame = SnapshotFrame | DeltaFrame | InventoryFrame | AlertFrame | StatusFrame | ErrorFrame

export interface Subscription {
  type: 'subscribe'
  view: 'fleet' | 'machine'
  machines?: string[]
  fields?: string[]
  intervalMillis: number
}

export interface Gap {
  from: number
  to: number
  reason: string
}

/** What of a stretch is stored: issued = stored + missing, missing = holes in the sequences within runs. */
export interface Coverage {
  spanMillis: number
  coveredMillis: number
  stored: number
  issued: number
  missing: number
}

/** One life of an agent within the stretch; `run` in hexadecimal digits. */
export interface CoverageRun {
  run: string
  first: number
  last: number
  stored: number
  missing: number
  from: number
  to: number
}

export interface MachineEvent {
  kind: string
  time: number
  from?: number | null
  to?: number | null
  firstSequence?: number | null
  lastSequence?: number | null
  detail?: string | null
}

export interface CoverageReport extends Coverage {
  runs: CoverageRun[]
  events: MachineEvent[]
}

export interface HistorySeries {
  metric: string
  attributes: Record<string, string>
  key: string
  unit: string
  min: (number | null)[]
  avg: (number | null)[]
  max: (number | null)[]
}

export interface History {
  id: string
  from: number
  to: number
  stepMillis: number
  tier: string
  times: number[]
  series: HistorySeries[]
  gaps?: Gap[]
  coverage?: Coverage
}

/** One of those with most; `value` is what it was ordered by. */
export interface Ranked {
  id: string
  key: string
  value: number | null
  min: number | null
  avg: number | null
  max: number | null
  coveredMillis: number
}

export interface FleetTop {
  metric: string
  unit: string
  from: number
  to: number
  spanMillis: number
  machines: Ranked[]
}

/** What a counter came to, machine by machine. */
export interface Totals {
  metric: string
  unit: string
  from: number
  to: number
  spanMillis: number
  total: number | null
  coveredMillis: number
  machines: { id: string; total: number | null; coveredMillis: number }[]
}
