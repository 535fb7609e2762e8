import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEY } from '../contract/keys'
import type { Alert, SnapshotFrame } from '../contract/types'
import { LiveStore } from './store'

function storeWithFrames(): { store: LiveStore; paint: () => void } {
  let task: (() => void) | undefined
  const store = new LiveStore((t) => {
    task = t
  })
  return {
    store,
    paint: () => {
      const due = task
      task = undefined
      due?.()
    },
  }
}

function snapshot(machines: SnapshotFrame['machines'], more: Partial<SnapshotFrame> = {}): SnapshotFrame {
  return { type: 'snapshot', sequence: 1, time: Date.now(), view: 'fleet', machines, ...more }
}

test('a delta changes only what it names, and null takes a value away', () => {
  const { store, paint } = storeWithFrames()
  store.apply(snapshot({ a: { time: 1_000, state: 'up', x: 1, y: 2 }, b: { time: 1_000, state: 'up', x: 3 } }))
  paint()
  const [a, b] = [store.machines.get('a'), store.machines.get('b')]
  store.apply({ type: 'delta', sequence: 2, machines: { a: { time: 2_000, x: 9, y: null } } })
  paint()
  assert.deepEqual(a?.values, { x: 9 })
  assert.equal(a?.time, 2_000)
  assert.equal(a?.version.value, 2)
  assert.equal(b?.version.value, 1)
})

test('many frames before one painting tell a row once', () => {
  const { store, paint } = storeWithFrames()
  store.apply(snapshot({ a: { time: 1, x: 1 } }))
  for (let i = 2; i < 50; i++) store.apply({ type: 'delta', sequence: i, machines: { a: { time: i, x: i } } })
  paint()
  assert.equal(store.machines.get('a')?.version.value, 1)
  assert.equal(store.machines.get('a')?.values.x, 49)
})

test('membership grows with coming, going and state, not with values', () => {
  const { store, paint } = storeWithFrames()
  store.apply(snapshot({ a: { time: 1, state: 'up', x: 1 } }))
  paint()
  store.apply({ type: 'delta', sequence: 2, machines: { a: { time: 2, x: 2 } } })
  paint()
  assert.equal(store.membership.value, 1)
  store.apply({ type: 'delta', sequence: 3, machines: { a: { state: 'stale' } } })
  paint()
  assert.equal(store.membership.value, 2)
  store.apply({ type: 'delta', sequence: 4, removed: ['a'] })
  paint()
  assert.equal(store.membership.value, 3)
  assert.equal(store.machines.size, 0)
})

test('a fleet snapshot forgets machines that are gone, a machine snapshot does not', () => {
  const { store } = storeWithFrames()
  store.apply(snapshot({ a: { time: 1 }, b: { time: 1 } }))
  store.apply(snapshot({ a: { time: 2 } }, { view: 'machine' }))
  assert.equal(store.machines.size, 2)
  store.apply(snapshot({ a: { time: 3 } }))
  assert.deepEqual([...store.machines.keys()], ['a'])
})

test('sparklines are there with the snapshot', () => {
  const { store } = storeWithFrames()
  const columns = { times: [96_000, 100_000], [KEY.cpu]: [0.5, 0.7] } as unknown as NonNullable<
    SnapshotFrame['sparklines']
  >[string]
  store.apply(snapshot({ a: { time: 100_000, [KEY.cpu]: 0.7 } }, { sparklines: { a: columns } }))
  assert.deepEqual(store.machines.get('a')?.sparks.values(KEY.cpu, 100_000).slice(-2), [0.5, 0.7])
})

test('while paused nothing is told, and all of it afterwards', () => {
  const { store, paint } = storeWithFrames()
  store.apply(snapshot({ a: { time: 1, x: 1 } }))
  paint()
  store.pause(true)
  store.apply({ type: 'delta', sequence: 2, machines: { a: { time: 2, x: 2 } } })
  paint()
  assert.equal(store.machines.get('a')?.version.value, 1)
  store.pause(false)
  assert.equal(store.machines.get('a')?.version.value, 2)
})

test('an episode that ends before it fires is forgotten', () => {
  const { store } = storeWithFrames()
  const alert: Alert = { id: 'e1', rule: 'cpu', machine: 'a', state: 'pending', severity: 'warning', startedAt: 1 }
  store.apply({ type: 'alert', sequence: 1, alert })
  store.apply({ type: 'alert', sequence: 2, alert: { ...alert, state: 'resolved', resolvedAt: 2 } })
  assert.equal(store.alerts.value.size, 0)
})

test('alerts replace each other by id, and only firing ones count', () => {
  const { store } = storeWithFrames()
  const alert: Alert = { id: 'e1', rule: 'cpu', machine: 'a', state: 'pending', severity: 'warning', startedAt: 1 }
  store.apply({ type: 'alert', sequence: 1, alert })
  assert.equal(store.firing.value.length, 0)
  store.apply({ type: 'alert', sequence: 2, alert: { ...alert, state: 'firing' } })
  assert.equal(store.firing.value.length, 1)
  assert.equal(store.alerts.value.size, 1)
})
