import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coveredShare, questionOf, resetDayOf, scaleOf, spanOf } from './ranking'

test('nonsense in the address is the first question over a day', () => {
  assert.equal(questionOf('sent').title, 'Sent')
  assert.equal(questionOf('nonsense').name, 'cpu')
  assert.equal(spanOf('9y'), '24h')
  assert.equal(spanOf('7d'), '7d')
  assert.deepEqual(['15', '0', '32', 'x', null].map(resetDayOf), [15, 1, 1, 1, 1])
})

test('shares are measured by the whole, rates by the greatest peak', () => {
  const machines = [{ id: 'a', key: 'k', value: 5, min: 0, avg: 5, max: 40, coveredMillis: 1 }]
  assert.equal(scaleOf(questionOf('cpu'), machines), 1)
  assert.equal(scaleOf(questionOf('sent'), machines), 40)
  assert.ok(scaleOf(questionOf('sent'), []) > 0)
})

test('coverage is never rounded up to all', () => {
  assert.equal(coveredShare(86_399_000, 86_400_000), '100% covered')
  assert.equal(coveredShare(86_000_000, 86_400_000), '99% covered')
  assert.equal(coveredShare(0, 0), '0% covered')
})
