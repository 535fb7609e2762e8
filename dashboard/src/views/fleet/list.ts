import { computed, effect, signal, untracked } from '@preact/signals'
import { KEY } from '../../contract/keys'
import type { MachineState } from '../../contract/types'
import type { Machine } from '../../live/machine'
import { seconds, store } from '../../live/session'
import {
  countStates,
  firstDirection,
  matches,
  moves,
  type Sort,
  type SortName,
  sorted,
  totals,
} from '../../model/fleet'
import { location, setQuery } from '../../router'

/** Rows that change places every second cannot be read: an order by moving values is renewed at this pace. */
const REORDER_SECONDS = 5

const SORTS = new Set<string>([
  'state',
  'name',
  'cpu',
  'memory',
  'load',
  'filesystem',
  'disk',
  'network',
  'pressure',
  'processes',
  'uptime',
])
const STATES = new Set<string>(['up', 'stale', 'down'])
const DEFAULT_SORT: Sort = { name: 'name', descending: false }

export const sort = computed<Sort>(() => {
  const query = location.value.query
  const name = query.get('sort') ?? ''
  return SORTS.has(name) ? { name: name as SortName, descending: query.get('order') === 'desc' } : DEFAULT_SORT
})

export const filterText = computed(() => location.value.query.get('filter') ?? '')

export const filterState = computed<MachineState | undefined>(() => {
  const state = location.value.query.get('state') ?? ''
  return STATES.has(state) ? (state as MachineState) : undefined
})

export function sortBy(name: SortName): void {
  const now = sort.value
  const descending = now.name === name ? !now.descending : firstDirection(name)
  const isDefault = name === DEFAULT_SORT.name && descending === DEFAULT_SORT.descending
  setQuery({ sort: isDefault ? null : name, order: isDefault || !descending ? null : 'desc' })
}

export const showState = (state: MachineState | undefined): void => setQuery({ state: state ?? null })

/** Grows when the order by a moving value is due for renewal. */
const reorder = signal(0)
effect(() => {
  if (Math.floor(seconds.value / 1000) % REORDER_SECONDS === 0) reorder.value = untracked(() => reorder.value) + 1
})

/** Machines to show, in order. Not renewed for every value: rows draw their own values. */
export const rows = computed<Machine[]>(() => {
  void store.membership.value
  const by = sort.value
  if (moves(by.name) && !store.paused.value) void reorder.value
  const state = filterState.value
  const text = filterText.value
  const shown = [...store.machines.values()].filter(
    (machine) => (state === undefined || machine.state === state) && matches(machine, text),
  )
  return sorted(shown, by)
})

export const counts = computed(() => {
  void store.membership.value
  return { ...countStates(store.machines.values()), all: store.machines.size }
})

/** In public processes and uptime are told only where somebody chose so: otherwise their columns are left out. */
export const shortTable = computed(() => {
  if (!store.status.value.public) return false
  void store.changes.value
  for (const machine of store.machines.values())
    if (machine.value(KEY.processes) !== undefined || machine.value(KEY.uptime) !== undefined) return false
  return true
})

export const fleetTotals = computed(() => {
  void store.changes.value
  return totals(store.machines.values())
})
