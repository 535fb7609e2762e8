/** Which machines the fleet table shows, and in which order. Pure, so that it is tested without a page. */
import { KEY, natural } from '../contract/keys'
import type { Inventory, MachineState } from '../contract/types'

export interface FleetMachine {
  readonly id: string
  readonly state: MachineState
  readonly inventory: Inventory
  value(key: string): number | undefined
}

export type SortName =
  'state' | 'name' | 'cpu' | 'memory' | 'load' | 'filesystem' | 'disk' | 'network' | 'pressure' | 'processes' | 'uptime'

export interface Sort {
  name: SortName
  descending: boolean
}

const STATE_ORDER: Record<MachineState, number> = { down: 0, stale: 1, up: 2 }

const sum = (machine: FleetMachine, a: string, b: string): number | undefined => {
  const [x, y] = [machine.value(a), machine.value(b)]
  return x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0)
}

const VALUE: Record<Exclude<SortName, 'name'>, (machine: FleetMachine) => number | undefined> = {
  state: (m) => STATE_ORDER[m.state],
  cpu: (m) => m.value(KEY.cpu),
  memory: (m) => m.value(KEY.memory),
  load: (m) => m.value(KEY.load1),
  filesystem: (m) => m.value(KEY.filesystemFullest),
  disk: (m) => sum(m, KEY.diskRead, KEY.diskWrite),
  network: (m) => sum(m, KEY.netReceive, KEY.netTransmit),
  pressure: (m) => m.value(KEY.pressureCpu),
  processes: (m) => m.value(KEY.processes),
  uptime: (m) => m.value(KEY.uptime),
}

/** Whether values of this column move every second, so that the order is renewed only now and then. */
export const moves = (name: SortName): boolean => name !== 'name' && name !== 'state'

/** The direction that a person wants first: names from A, trouble and great values on top. */
export const firstDirection = (name: SortName): boolean => name !== 'name' && name !== 'state'

/** Ordered copy. Machines without the value come last in either direction; equals stay in order of name. */
export function sorted<M extends FleetMachine>(machines: Iterable<M>, sort: Sort): M[] {
  const list = [...machines]
  const way = sort.descending ? -1 : 1
  if (sort.name === 'name') return list.sort((a, b) => way * natural(a.id, b.id))
  const value = VALUE[sort.name]
  const keyed = list.map((machine) => ({ machine, key: value(machine) }))
  keyed.sort((a, b) => {
    if (a.key === b.key) return natural(a.machine.id, b.machine.id)
    if (a.key === undefined) return 1
    if (b.key === undefined) return -1
    return way * (a.key - b.key)
  })
  return keyed.map(({ machine }) => machine)
}

/**
 * True where every word of the text is found in id, host name, OS, kernel, CPU model or a label; `name=value` asks for
 * a label of that name whose value begins so.
 */
export function matches(machine: FleetMachine, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const { hostName, os, kernel, cpuModel, labels } = machine.inventory
  const haystack = [machine.id, hostName, os, kernel, cpuModel, ...Object.values(labels ?? {})].join('\n').toLowerCase()
  return words.every((word) => {
    const equals = word.indexOf('=')
    if (equals <= 0) return haystack.includes(word)
    const entry = Object.entries(labels ?? {}).find(([name]) => name.toLowerCase() === word.slice(0, equals))
    return entry !== undefined && entry[1].toLowerCase().startsWith(word.slice(equals + 1))
  })
}

export function countStates(machines: Iterable<FleetMachine>): Record<MachineState, number> {
  const counts: Record<MachineState, number> = { up: 0, stale: 0, down: 0 }
  for (const machine of machines) counts[machine.state]++
  return counts
}

export interface FleetTotals {
  cpu: number | undefined
  memoryUsed: number | undefined
  memoryLimit: number | undefined
  receive: number | undefined
  transmit: number | undefined
  /** Of machines that tell theirs; 0 = none does, as in public. */
  cores: number
}

/** What the fleet does as a whole; machines that are not up do not count. CPU is weighted by cores. */
export function totals(machines: Iterable<FleetMachine>): FleetTotals {
  let [cores, weight, busy, used, limit, receive, transmit, n] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (const machine of machines) {
    if (machine.state !== 'up') continue
    n++
    const own = machine.inventory.logicalCores ?? 1
    cores += machine.inventory.logicalCores ?? 0
    weight += own
    busy += own * (machine.value(KEY.cpu) ?? 0)
    const memory = machine.inventory.memoryBytes ?? 0
    limit += memory
    used += memory * (machine.value(KEY.memory) ?? 0)
    receive += machine.value(KEY.netReceive) ?? 0
    transmit += machine.value(KEY.netTransmit) ?? 0
  }
  if (n === 0)
    return {
      cpu: undefined,
      memoryUsed: undefined,
      memoryLimit: undefined,
      receive: undefined,
      transmit: undefined,
      cores: 0,
    }
  return {
    cpu: weight > 0 ? busy / weight : undefined,
    memoryUsed: limit > 0 ? used : undefined,
    memoryLimit: limit > 0 ? limit : undefined,
    receive,
    transmit,
    cores,
  }
}
