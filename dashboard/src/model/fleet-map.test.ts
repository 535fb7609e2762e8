import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cellAt, heatStep, mapGrid } from './fleet-map'

test('a thousand machines fit above the table and stay large enough to hit', () => {
  const grid = mapGrid(1_000, 1_400)
  assert.ok(grid.columns * grid.pitch <= 1_400)
  assert.ok(grid.columns * grid.rows >= 1_000)
  assert.ok(grid.rows * grid.pitch <= 64)
  assert.ok(grid.pitch >= 7)
})

test('on a narrow page it grows downwards instead of vanishing', () => {
  const grid = mapGrid(1_000, 360)
  assert.equal(grid.pitch, 7)
  assert.ok(grid.columns * grid.rows >= 1_000)
})

test('a point finds its machine, and empty cells find none', () => {
  const grid = { columns: 10, rows: 2, pitch: 10 }
  assert.equal(cellAt(grid, 15, 25, 5), 2)
  assert.equal(cellAt(grid, 15, 45, 15), 14)
  assert.equal(cellAt(grid, 15, 55, 15), -1)
  assert.equal(cellAt(grid, 15, 101, 5), -1)
})

test('the heat scale covers 0 to 1 and no more', () => {
  assert.deepEqual(
    [0, 0.19, 0.2, 0.99, 1, 2, -1].map((v) => heatStep(v, 5)),
    [0, 0, 1, 4, 4, 4, 0],
  )
})
