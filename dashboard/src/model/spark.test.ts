import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SPARK_CELL_MILLIS, SPARK_CELLS, SparkHistory, sparkPaths } from './spark'

const START = SPARK_CELL_MILLIS * 100_000

test('samples of one cell become their mean', () => {
  const history = new SparkHistory(['a'])
  history.add(START, () => 1)
  history.add(START + 1_000, () => 3)
  const values = history.values('a', START)
  assert.equal(values.length, SPARK_CELLS)
  assert.equal(values.at(-1), 2)
  assert.equal(values.at(-2), null)
})

test('a pause stays empty and old cells are forgotten', () => {
  const history = new SparkHistory(['a', 'b'])
  history.add(START, (metric) => (metric === 'a' ? 1 : null))
  history.add(START + 3 * SPARK_CELL_MILLIS, () => 5)
  assert.deepEqual(history.values('a', START + 3 * SPARK_CELL_MILLIS).slice(-4), [1, null, null, 5])
  assert.deepEqual(history.values('b', START + 3 * SPARK_CELL_MILLIS).slice(-4), [null, null, null, 5])
  history.add(START + 500 * SPARK_CELL_MILLIS, () => 7)
  assert.equal(history.values('a', START + 500 * SPARK_CELL_MILLIS).filter((v) => v !== null).length, 1)
})

test('a late sample within the window finds its cell', () => {
  const history = new SparkHistory(['a'])
  history.add(START + 5 * SPARK_CELL_MILLIS, () => 5)
  history.add(START, () => 1)
  assert.equal(history.values('a', START + 5 * SPARK_CELL_MILLIS).at(-6), 1)
})

test('points further apart than the cells become one line, a real hole stays one', () => {
  const history = new SparkHistory(['a'])
  const times = [0, 10_000, 20_000, 60_000].map((t) => START + t)
  history.fill(times, (_, i) => [0, 10, 20, 60][i])
  assert.deepEqual(history.values('a', START + 60_000).slice(-16), [
    0,
    4,
    9,
    14,
    18,
    20,
    ...new Array<null>(9).fill(null),
    60,
  ])
})

test('the window can be told as samples', () => {
  const history = new SparkHistory(['a', 'b'])
  history.add(START, (metric) => (metric === 'a' ? 1 : null))
  history.add(START + 2 * SPARK_CELL_MILLIS, () => 3)
  assert.deepEqual(history.samples(START + 2 * SPARK_CELL_MILLIS), [
    { time: START, values: { a: 1 } },
    { time: START + 2 * SPARK_CELL_MILLIS, values: { a: 3, b: 3 } },
  ])
})

test('the window moves on although nothing comes', () => {
  const history = new SparkHistory(['a'])
  history.add(START, () => 1)
  assert.equal(history.values('a', START + 10 * SPARK_CELL_MILLIS).at(-11), 1)
  assert.equal(history.values('a', START + 90 * SPARK_CELL_MILLIS).filter((v) => v !== null).length, 0)
})

test('paths bridge one empty cell and break at two', () => {
  const bridged = sparkPaths([1, null, 1], 1, 20, 10)
  assert.equal(bridged.line.match(/M/g)?.length, 1)
  const broken = sparkPaths([1, null, null, 1], 1, 20, 10)
  assert.equal(broken.line.match(/M/g)?.length, 2)
  assert.equal(broken.area.match(/Z/g)?.length, 2)
  assert.deepEqual(sparkPaths([null, null], 1, 20, 10), { line: '', area: '' })
})
