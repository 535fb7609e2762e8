import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY } from '../contract/keys'
import type { Inventory, MachineState } from '../contract/types'
import { countStates, type FleetMachine, matches, sorted, totals } from './fleet'

function machine(
  id: string,
  state: MachineState,
  values: Record<string, number>,
  inventory: Partial<Inventory> = {},
): FleetMachine {
  return { id, state, inventory: { id, ...inventory }, value: (key) => values[key] }
}

const fleet = [
  machine(
    'web-10',
    'up',
    { [KEY.cpu]: 0.1 },
    { labels: { role: 'Web', zone: 'eu-1' }, logicalCores: 2, memoryBytes: 100 },
  ),
  machine('web-2', 'up', { [KEY.cpu]: 0.9, [KEY.memory]: 0.5 }, { os: 'Debian 12', logicalCores: 6, memoryBytes: 300 }),
  machine('db', 'down', {}, {}),
  machine('cache', 'stale', { [KEY.cpu]: 0.5 }, { logicalCores: 8 }),
]
const ids = (list: FleetMachine[]): string[] => list.map((m) => m.id)

test('names sort as people count', () => {
  assert.deepEqual(ids(sorted(fleet, { name: 'name', descending: false })), ['cache', 'db', 'web-2', 'web-10'])
})

test('unknown values come last in both directions', () => {
  assert.deepEqual(ids(sorted(fleet, { name: 'cpu', descending: true })), ['web-2', 'cache', 'web-10', 'db'])
  assert.deepEqual(ids(sorted(fleet, { name: 'cpu', descending: false })), ['web-10', 'cache', 'web-2', 'db'])
})

test('trouble comes first by state, then by name', () => {
  assert.deepEqual(ids(sorted(fleet, { name: 'state', descending: false })), ['db', 'cache', 'web-2', 'web-10'])
})

test('every word must be found, and labels can be named', () => {
  const found = (text: string): string[] => ids(fleet.filter((m) => matches(m, text)))
  assert.deepEqual(found(''), ids(fleet))
  assert.deepEqual(found('WEB'), ['web-10', 'web-2'])
  assert.deepEqual(found('web debian'), ['web-2'])
  assert.deepEqual(found('role=web'), ['web-10'])
  assert.deepEqual(found('zone=eu'), ['web-10'])
  assert.deepEqual(found('zone=us'), [])
})

test('totals weigh by cores and leave out what is not up', () => {
  const all = totals(fleet)
  assert.equal(all.cores, 8)
  assert.ok(Math.abs((all.cpu ?? 0) - (2 * 0.1 + 6 * 0.9) / 8) < 1e-9)
  assert.equal(all.memoryUsed, 150)
  assert.equal(totals([]).cpu, undefined)
  const told = totals([machine('a', 'up', { [KEY.cpu]: 0.2 }), machine('b', 'up', { [KEY.cpu]: 0.4 })])
  assert.equal(told.cores, 0)
  assert.ok(Math.abs((told.cpu ?? 0) - 0.3) < 1e-9)
  assert.deepEqual(countStates(fleet), { up: 2, stale: 1, down: 1 })
})
