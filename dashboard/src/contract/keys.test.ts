import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributeValues, diskKey, filesystemKey, interfaceKey, keyOf, parseKey } from './keys'

test('attributes stand in alphabetical order', () => {
  assert.equal(diskKey('sda', 'read'), 'system.disk.io{device=sda,direction=read}')
  assert.equal(interfaceKey('eth0', 'receive'), 'system.network.io{direction=receive,interface=eth0}')
})

test('values with special characters are quoted and read back', () => {
  for (const mount of ['/', '/mnt/a,b', '/with "quotes"', '/curly{}=', '', '/back\\slash', '/ünï']) {
    const key = filesystemKey(mount)
    assert.deepEqual(parseKey(key), { metric: 'system.filesystem.utilization', attributes: { mountpoint: mount } })
  }
})

test('what is no key is refused', () => {
  assert.equal(parseKey('a{b'), undefined)
  assert.equal(parseKey('a{b}'), undefined)
  assert.equal(parseKey('a{b="c}'), undefined)
})

test('devices are found once each, in natural order, and totals are none', () => {
  const keys = [
    diskKey('sd10', 'read'),
    diskKey('sd2', 'read'),
    diskKey('sd2', 'write'),
    'system.disk.io{direction=read}',
  ]
  assert.deepEqual(attributeValues(keys, 'system.disk.io', 'device'), ['sd2', 'sd10'])
  assert.equal(keyOf('m', {}), 'm')
})
