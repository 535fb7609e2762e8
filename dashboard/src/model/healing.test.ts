import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Gap } from '../contract/types'
import { differs, FIRST_LOOK_MILLIS, isAwaited, type Look, mayHeal, nextLook, SLOWEST_LOOK_MILLIS } from './healing'

const gap = (from: number, to: number, reason = 'unknown'): Gap => ({ from, to, reason })
const look = (from: number, to: number, ...gaps: Gap[]): Look => ({ from, to, stepMillis: 1_000, gaps, coverage: undefined })
const HOUR = 3_600_000

test('gaps that something may still fill are awaited, others are not', () => {
  for (const reason of ['unknown', 'restarted', 'awaited']) assert.ok(isAwaited(gap(0, 1, reason), HOUR), reason)
  for (const reason of ['stopped', 'suspended', 'rebooted', 'spoolDropped', 'sampleLost', 'missing'])
    assert.ok(!isAwaited(gap(0, 1, reason), HOUR), reason)
  assert.ok(!isAwaited(gap(0, 1), 49 * HOUR), 'past the horizon')
})

test('missing samples are awaited even where a step hides them', () => {
  const coverage = { spanMillis: 1, coveredMillis: 1, stored: 1, issued: 2, missing: 1 }
  assert.ok(mayHeal([], coverage, HOUR, HOUR))
  assert.ok(!mayHeal([], { ...coverage, missing: 0 }, HOUR, HOUR))
  assert.ok(!mayHeal([], coverage, 0, 49 * HOUR))
})

test('looks come ever more rarely, once a minute at last', () => {
  let wait = FIRST_LOOK_MILLIS
  const waits = Array.from({ length: 6 }, () => (wait = nextLook(wait)))
  assert.deepEqual(waits, [10_000, 20_000, 40_000, 60_000, 60_000, SLOWEST_LOOK_MILLIS])
})

test('a moving window changes nothing by itself', () => {
  const before = look(0, 100_000, gap(5_000, 20_000), gap(90_000, 100_000))
  assert.ok(!differs(before, look(10_000, 110_000, gap(10_000, 20_000), gap(90_250, 110_000))))
  assert.ok(!differs(before, look(30_000, 130_000, gap(90_000, 130_000))))
})

test('a gap that shrinks, splits, closes or gets its reason is a change', () => {
  const before = look(0, 100_000, gap(40_000, 60_000))
  assert.ok(differs(before, look(0, 100_000)))
  assert.ok(differs(before, look(0, 100_000, gap(48_000, 60_000))))
  assert.ok(differs(before, look(0, 100_000, gap(40_000, 45_000), gap(50_000, 60_000))))
  assert.ok(differs(before, look(0, 100_000, gap(40_000, 60_000, 'stopped'))))
})
