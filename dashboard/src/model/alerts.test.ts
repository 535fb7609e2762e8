import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../contract/types'
import { mergeAlerts } from './alerts'

const pending: Alert = { id: 'e1', rule: 'cpu-high', machine: 'a', state: 'pending', severity: 'warning', startedAt: 1 }

test('an old answer does not keep an episode open beside the next one', () => {
  const next: Alert = { ...pending, id: 'e2', startedAt: 2 }
  const before: Alert = { ...pending, id: 'e0', state: 'resolved', firedAt: 1, resolvedAt: 1 }
  assert.deepEqual(
    mergeAlerts([pending, before], new Map([[next.id, next]])).map((alert) => alert.id),
    ['e0', 'e2'],
  )
})

test('what is known live wins over the answer', () => {
  const resolved: Alert = { ...pending, state: 'resolved', firedAt: 2, resolvedAt: 3 }
  assert.deepEqual(mergeAlerts([resolved], new Map([[pending.id, pending]])), [pending])
})
