import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machinePath, routeOf } from './router'

test('machine ids survive the way through the path', () => {
  for (const id of ['web-1', 'a/b', 'ünï', 'x%y', 'with space', '..']) {
    assert.deepEqual(routeOf(machinePath(id)), { page: 'machine', id })
  }
})

test('other paths are unknown, broken escapes too', () => {
  for (const path of ['/', '/alerts']) assert.deepEqual(routeOf(path), { page: 'fleet' })
  for (const path of ['/machines/', '/machines/a/b', '/x', '/machines/%E0%A4%A'])
    assert.deepEqual(routeOf(path), { page: 'unknown' })
})
