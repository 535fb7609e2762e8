import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { History } from '../contract/types'
import { continueWith, gapsOf, indexAt, stack, Timeline, timelineOf } from './timeline'

const all = (): boolean => true

function history(stepMillis: number, rows: [number, number | null][]): History {
  const values = rows.map(([, value]) => value)
  return {
    id: 'web-1',
    from: 0,
    to: 0,
    stepMillis,
    tier: 'raw',
    times: rows.map(([time]) => time),
    series: [{ metric: 'a', attributes: {}, key: 'a', unit: '1', min: values, avg: values, max: values }],
  }
}

test('a lone empty bucket is no gap, a longer hole is one row of nulls', () => {
  const lone = timelineOf(
    history(1_000, [
      [0, 1],
      [1_000, null],
      [2_000, 3],
    ]),
  )
  assert.deepEqual(lone.times, [0, 2_000])
  const hole = timelineOf(
    history(1_000, [
      [0, 1],
      [1_000, null],
      [2_000, null],
      [9_000, 3],
    ]),
  )
  assert.deepEqual(hole.times, [0, 1_000, 9_000])
  assert.deepEqual(hole.columns.get('a')?.avg, [1, null, 3])
})

test('holes are shaded, and a reason that history names wins', () => {
  const hole = timelineOf(
    history(1_000, [
      [0, 1],
      [9_000, 3],
    ]),
  )
  assert.deepEqual(gapsOf(hole, []), [{ from: 1_000, to: 9_000, reason: 'unknown' }])
  const named = [{ from: 500, to: 8_500, reason: 'agentStopped' }]
  assert.deepEqual(gapsOf(hole, named), named)
})

test('live samples continue the buckets of history without a seam', () => {
  const timeline = timelineOf(
    history(3_000, [
      [0, 1],
      [3_000, 5],
    ]),
  )
  continueWith(
    timeline,
    [
      { time: 3_000, values: { a: 2 } },
      { time: 4_000, values: { a: 4 } },
      { time: 6_500, values: { a: 6 } },
    ],
    all,
  )
  assert.deepEqual(timeline.times, [0, 3_000, 6_000])
  assert.deepEqual(timeline.columns.get('a'), { avg: [1, 3, 6], min: [1, 2, 6], max: [1, 4, 6] })
})

test('a newest bucket that the tail covers only in part stays as history has it', () => {
  const timeline = timelineOf(
    history(3_000, [
      [0, 1],
      [3_000, 5],
    ]),
  )
  continueWith(
    timeline,
    [
      { time: 5_000, values: { a: 100 } },
      { time: 6_000, values: { a: 6 } },
    ],
    all,
  )
  assert.equal(timeline.columns.get('a')?.avg[2], 6)
  assert.equal(timeline.times.length, 3)
})

test('live buckets begin where those of history do', () => {
  const timeline = timelineOf(
    history(1_000, [
      [361, 1],
      [1_361, 5],
    ]),
  )
  timeline.append({ time: 2_700, values: { a: 2 } }, all)
  timeline.append({ time: 3_250, values: { a: 3 } }, all)
  assert.deepEqual(timeline.times, [361, 1_361, 2_361])
  assert.equal(timeline.columns.get('a')?.avg[2], 2.5)
})

test('a live pause longer than the tolerance breaks the line', () => {
  const timeline = new Timeline(1_000)
  timeline.append({ time: 0, values: { a: 1 } }, all)
  timeline.append({ time: 3_000, values: { a: 1 } }, all)
  timeline.append({ time: 10_000, values: { a: 2, b: 7 } }, all)
  assert.deepEqual(timeline.times, [0, 3_000, 4_000, 10_000])
  assert.deepEqual(timeline.columns.get('b')?.avg, [null, null, null, 7])
})

test('old samples are left to history', () => {
  const timeline = new Timeline(1_000)
  timeline.append({ time: 10_000, values: { a: 1 } }, all)
  timeline.append({ time: 5_000, values: { a: 9 } }, all)
  assert.deepEqual(timeline.times, [10_000])
})

test('trimming keeps one bucket before the window', () => {
  const timeline = new Timeline(1_000)
  for (let i = 0; i < 200; i++) timeline.append({ time: i * 1_000, values: { a: i } }, all)
  timeline.trim(100_000)
  assert.equal(timeline.times[0], 99_000)
  assert.equal(timeline.columns.get('a')?.avg.length, timeline.times.length)
})

test('the cursor finds the nearest bucket and nothing inside a gap', () => {
  const timeline = timelineOf(
    history(1_000, [
      [0, 1],
      [1_000, 2],
      [60_000, 3],
    ]),
  )
  assert.equal(indexAt(timeline, 900), 1)
  assert.equal(indexAt(timeline, 30_000), -1)
  assert.equal(indexAt(timeline, -10_000), -1)
})

test('a stack counts what is missing as nothing, and an empty bucket as a gap', () => {
  assert.deepEqual(
    stack(
      [
        [1, null, null],
        [2, 5, null],
      ],
      3,
    ),
    [
      [1, 0, null],
      [3, 5, null],
    ],
  )
})

test('what history does not hold yet is shown as it was seen live', () => {
  const timeline = timelineOf(
    history(1_000, [
      [0, 1],
      [1_000, 2],
      [20_000, 3],
    ]),
  )
  const tail = Array.from({ length: 17 }, (_, i) => ({ time: 5_000 + i * 1_000, values: { a: 100 + i } }))
  continueWith(timeline, tail, all)
  assert.deepEqual(timeline.times.slice(0, 5), [0, 1_000, 2_000, 5_000, 6_000])
  assert.equal(timeline.times.length, 3 + 17)
  assert.deepEqual(timeline.columns.get('a')?.avg.slice(0, 5), [1, 2, null, 100, 101])
  assert.equal(timeline.newest, 21_000)
  assert.deepEqual(gapsOf(timeline, [{ from: 2_000, to: 20_000, reason: 'unknown' }]), [])
})

test('history wins where it holds something, and a named gap shrinks to what nobody saw', () => {
  const timeline = timelineOf(
    history(1_000, [
      [0, 1],
      [60_000, 2],
      [61_000, 3],
    ]),
  )
  timeline.fillHoles(
    [
      { time: 40_000, values: { a: 7 } },
      { time: 60_000, values: { a: 9 } },
    ],
    all,
  )
  assert.deepEqual(timeline.times, [0, 1_000, 40_000, 41_000, 60_000, 61_000])
  assert.deepEqual(timeline.columns.get('a')?.max, [1, null, 7, null, 2, 3])
  assert.deepEqual(gapsOf(timeline, [{ from: 1_000, to: 60_000, reason: 'restarted' }]), [
    { from: 1_000, to: 40_000, reason: 'restarted' },
    { from: 41_000, to: 60_000, reason: 'restarted' },
  ])
})
