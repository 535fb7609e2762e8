import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edges, pointsFor, queryOfRange, rangeFromQuery, spanOf } from './time-range'

const query = (text: string): URLSearchParams => new URLSearchParams(text)

test('a range survives the way through the address', () => {
  for (const text of ['', 'range=6h', 'range=all', 'from=1000&to=61000']) {
    const range = rangeFromQuery(query(text))
    const back = new URLSearchParams()
    for (const [name, value] of Object.entries(queryOfRange(range))) if (value !== null) back.set(name, value)
    assert.deepEqual(rangeFromQuery(back), range)
    assert.equal(back.toString(), text)
  }
})

test('nonsense is the default range', () => {
  for (const text of ['range=9y', 'from=5&to=1', 'from=x&to=y', 'from=1']) {
    assert.deepEqual(rangeFromQuery(query(text)), { kind: 'last', name: '15m', millis: 900_000 })
  }
})

test('a span too short to show anything is widened', () => {
  assert.deepEqual(spanOf(100_000, 101_000), { kind: 'span', from: 95_500, to: 105_500 })
})

test('everything begins where the machine was first seen', () => {
  assert.deepEqual(edges({ kind: 'all' }, 1_000_000, 400_000), { from: 400_000, to: 1_000_000 })
  assert.deepEqual(edges({ kind: 'all' }, 1_000_000, 999_000), { from: 940_000, to: 1_000_000 })
})

test('short ranges ask for one point per second', () => {
  assert.equal(pointsFor(300_000), 302)
  assert.equal(pointsFor(3_600_000), 1_200)
  assert.equal(pointsFor(86_400_000), 500)
})
