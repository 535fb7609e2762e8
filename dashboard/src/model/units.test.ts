import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, clockErrorText, counted, bitsPerSecond, bytes, bytesPerSecond, count, duration, format, load, share } from './units'

test('a share becomes percent with one decimal below ten', () => {
  assert.equal(share(0), '0.0%')
  assert.equal(share(0.0712), '7.1%')
  assert.equal(share(0.0996), '10%')
  assert.equal(share(1), '100%')
})

test('the error of a clock is said in words', () => {
  assert.equal(clockErrorText(3_240), "This machine's clock is 3.2 s ahead")
  assert.equal(clockErrorText(-2_001), "This machine's clock is 2.0 s behind")
  assert.equal(clockErrorText(-3_660_000), "This machine's clock is 1h 1m behind")
})

test('what was not measured is a dash, never zero', () => {
  for (const value of [null, undefined, Number.NaN]) {
    assert.equal(share(value), '–')
    assert.equal(bytes(value), '–')
    assert.equal(bytesPerSecond(value), '–')
    assert.equal(count(value), '–')
    assert.equal(load(value), '–')
    assert.equal(duration(value), '–')
    assert.equal(format('perSecond', value), '–')
  }
})

test('bytes change unit before they reach four figures', () => {
  assert.equal(bytes(0), '0 B')
  assert.equal(bytes(999), '999 B')
  assert.equal(bytes(1000), '0.98 KiB')
  assert.equal(bytes(1536), '1.5 KiB')
  assert.equal(bytes(16 * 1024 ** 3), '16 GiB')
  assert.equal(bytesPerSecond(5 * 1024 ** 2), '5.0 MiB/s')
})

test('counts stay whole until they are long', () => {
  assert.equal(count(412), '412')
  assert.equal(count(9_999), '9999')
  assert.equal(count(12_345), '12k')
  assert.equal(count(0.5), '0.50')
})

test('one is not many', () => {
  assert.equal(counted(1, 'core'), '1 core')
  assert.equal(counted(0, 'core'), '0 cores')
})

test('durations show two units', () => {
  assert.equal(duration(0), '0s')
  assert.equal(duration(59), '59s')
  assert.equal(duration(3_600), '1h')
  assert.equal(duration(90_061), '1d 1h')
  assert.equal(ago(400), 'now')
  assert.equal(ago(65_000), '1m 5s ago')
})

test('link speeds are decimal', () => {
  assert.equal(bitsPerSecond(1e9), '1 Gbit/s')
  assert.equal(bitsPerSecond(2.5e9), '2.5 Gbit/s')
  assert.equal(bitsPerSecond(0), '–')
})
