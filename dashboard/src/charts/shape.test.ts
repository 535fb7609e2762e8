import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Timeline } from '../model/timeline'
import { chartArrays, gridLines, loneValues, scaleTop } from './shape'
import type { ChartSpec } from './spec'

const spec: ChartSpec = {
  id: 'x',
  title: 'X',
  about: '',
  group: 'host',
  unit: 'share',
  lines: [
    { key: 'a', label: 'a', colour: 'cpu' },
    { key: 'b', label: 'b', colour: 'cpu' },
  ],
}

function timeline(stepMillis: number): Timeline {
  const t = new Timeline(stepMillis)
  for (const [time, a, b] of [
    [0, 1, 2],
    [500, 3, 4],
    [stepMillis, 5, 6],
  ] as const)
    t.append({ time, values: { a, b } }, () => true)
  return t
}

test('bands stand only where a step holds several samples', () => {
  assert.equal(chartArrays(spec, timeline(1_000)).bands.length, 0)
  const arrays = chartArrays(spec, timeline(3_000))
  assert.deepEqual(arrays.bands[0], { low: [1, 5], high: [3, 5] })
  assert.equal(arrays.top, 6)
})

test('a stack shows totals, with the peak of the whole over it', () => {
  const stacked: ChartSpec = { ...spec, stacked: true, peak: { key: 'b', label: 'peak', colour: 'cpu' } }
  const arrays = chartArrays(stacked, timeline(3_000))
  assert.deepEqual(arrays.lines, [
    [2, 5],
    [5, 11],
  ])
  assert.deepEqual(arrays.peak, [4, 6])
  assert.equal(arrays.bands.length, 0)
})

test('no data is no error', () => {
  assert.deepEqual(chartArrays(spec, undefined), { times: [], lines: [[], []], bands: [], peak: undefined, top: 0 })
})

test('scales end where the whole ends, or a little above the data', () => {
  assert.equal(scaleTop({ ...spec, max: 1 }, 0.2), 1)
  assert.equal(scaleTop({ ...spec, leastMax: 0.1 }, 0.01), 0.1)
  assert.equal(scaleTop(spec, 0.99), 1)
  assert.ok(scaleTop({ ...spec, unit: 'count' }, 100) > 100)
})

test('grid lines are round, in powers of two for bytes', () => {
  assert.deepEqual(gridLines(1, 4, false), [0, 0.25, 0.5, 0.75, 1])
  assert.deepEqual(
    gridLines(16 * 1024 ** 3, 4, true).map((v) => v / 1024 ** 3),
    [0, 4, 8, 12, 16],
  )
  assert.deepEqual(gridLines(100, 4, false), [0, 25, 50, 75, 100])
  assert.ok(gridLines(0, 4, false).length >= 1)
})

test('a value without neighbours gets a mark, others do not', () => {
  assert.deepEqual(loneValues([7]), [0])
  assert.deepEqual(loneValues([1, 2, null, 3, null, null, 4, 5]), [3])
  assert.deepEqual(loneValues([]), [])
})
