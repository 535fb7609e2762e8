import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coveredText, coverageText, eventText, lengthOf, placeOf, samplesOf, words } from './coverage'

const HOUR = 3_600_000
const coverage = (spanMillis: number, coveredMillis: number, stored = 0, missing = 0) => ({
  spanMillis,
  coveredMillis,
  stored,
  missing,
  issued: stored + missing,
})

test('a day is told in hours and minutes', () => {
  assert.equal(
    coverageText(coverage(24 * HOUR, 23 * HOUR + 41 * 60_000 + 12_000, 85_412)),
    '0 missing of 85,412 issued; 23:41 of 24:00 covered',
  )
})

test('short ranges are told finer, long ones coarser', () => {
  assert.equal(coveredText(coverage(900_000, 898_000)), '14m 58s of 15m covered')
  assert.equal(coveredText(coverage(30 * 24 * HOUR, 29 * 24 * HOUR + 23.9 * HOUR)), '29d 23h of 30d covered')
  assert.equal(coveredText(coverage(365 * 24 * HOUR, 5 * HOUR)), '5h of 365d covered')
})

test('what is all there is told as all, and never as more', () => {
  assert.equal(coveredText(coverage(24 * HOUR, 24 * HOUR - 300)), '24:00 of 24:00 covered')
  assert.equal(coveredText(coverage(24 * HOUR, 24 * HOUR - 30_000)), '23:59 of 24:00 covered')
  assert.equal(coveredText(coverage(HOUR, HOUR + 700)), '1:00 of 1:00 covered')
})

test('missing samples are counted', () => {
  assert.equal(coverageText(coverage(HOUR, HOUR, 3_588, 12)), '12 missing of 3,600 issued; 1:00 of 1:00 covered')
  assert.equal(coverageText(coverage(HOUR, 0)), 'nothing issued; 0:00 of 1:00 covered')
})

test('events are sentences, also of a kind that is not known yet', () => {
  assert.equal(eventText({ kind: 'spool_drop', time: 0 }), 'The spool dropped samples')
  assert.equal(eventText({ kind: 'fan_stuck', time: 0 }), 'Fan stuck')
  assert.equal(lengthOf({ kind: 'suspend', time: 9, from: 5, to: 9 }), 4)
  assert.equal(lengthOf({ kind: 'run_start', time: 9, from: 5, to: 9 }), undefined)
  assert.equal(words('diskGuard'), 'Disk guard')
  assert.equal(samplesOf({ kind: 'spool_drop', time: 0, firstSequence: 5, lastSequence: 9 }), 5)
  assert.equal(samplesOf({ kind: 'suspend', time: 0, firstSequence: null, lastSequence: null }), 0)
})

test('runs are placed within the range', () => {
  assert.deepEqual(placeOf({ from: -50, to: 50 }, 0, 100), { left: 0, width: 0.5 })
  assert.equal(placeOf({ from: 200, to: 300 }, 0, 100), undefined)
})
