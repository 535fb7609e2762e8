import assert from 'node:assert/strict'
import { test } from 'node:test'
import { absence, ordered } from './processes'

const java = { pid: 7, command: 'java', cpuUtilization: 1.4, memoryBytes: 900, threads: 40 }
const init = { pid: 1, command: 'init', cpuUtilization: 0, memoryBytes: 900, threads: 1 }
const fresh = { pid: 9, command: '</script>', memoryBytes: 2_000, threads: 1 }

test('most first, unknown last, equals by number', () => {
  assert.deepEqual(
    ordered([fresh, init, java], 'cpu').map((p) => p.pid),
    [7, 1, 9],
  )
  assert.deepEqual(
    ordered([java, init, fresh], 'memory').map((p) => p.pid),
    [9, 1, 7],
  )
})

test('says why there are none', () => {
  assert.match(absence(0, 'down'), /yet/)
  assert.match(absence(5, 'stale'), /silent/)
  assert.match(absence(5, 'up'), /every 10 s/)
})
