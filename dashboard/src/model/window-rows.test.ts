import assert from 'node:assert/strict'
import { test } from 'node:test'
import { windowRows } from './window-rows'

test('a short list is drawn whole', () => {
  assert.deepEqual(windowRows(5, 48, 200, 900), { first: 0, end: 5 })
})

test('a thousand rows cost what is visible and a little more', () => {
  assert.deepEqual(windowRows(1_000, 48, -4_800, 960, 8), { first: 92, end: 128 })
  assert.deepEqual(windowRows(1_000, 48, -47_500, 960, 8), { first: 981, end: 1_000 })
})

test('a list that became shorter than the scroll position is empty, not negative', () => {
  assert.deepEqual(windowRows(3, 48, -9_000, 900), { first: 3, end: 3 })
  assert.deepEqual(windowRows(0, 48, 0, 900), { first: 0, end: 0 })
})
