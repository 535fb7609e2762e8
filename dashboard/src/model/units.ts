/** The one place for units and number formats. Percent exists only here: everywhere else a share is 0..1. */

const MISSING = '–'
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
const DECIMAL = ['', 'k', 'M', 'G', 'T']

export type Unit = 'share' | 'bytes' | 'bytesPerSecond' | 'count' | 'perSecond' | 'load'

type Value = number | null | undefined

function known(value: Value): value is number {
  return value !== null && value !== undefined && Number.isFinite(value)
}

/** Three significant figures at most, never exponents: 0.42, 4.2, 42, 420. */
function figures(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 9.995) return value.toFixed(size < 0.0995 ? 2 : size < 0.995 ? 2 : 1)
  return value.toFixed(0)
}

export function share(value: Value): string {
  if (!known(value)) return MISSING
  const percent = value * 100
  return `${percent.toFixed(Math.abs(percent) < 9.95 ? 1 : 0)}%`
}

/** 47.5 °C. */
export function degrees(value: Value): string {
  return known(value) ? `${value.toFixed(1)} °C` : MISSING
}

export function bytes(value: Value): string {
  if (!known(value)) return MISSING
  let scaled = value
  let step = 0
  while (Math.abs(scaled) >= 999.5 && step < BINARY.length - 1) {
    scaled /= 1024
    step++
  }
  return `${step === 0 ? scaled.toFixed(0) : figures(scaled)} ${BINARY[step] ?? ''}`
}

export function bytesPerSecond(value: Value): string {
  return known(value) ? `${bytes(value)}/s` : MISSING
}

export function count(value: Value): string {
  if (!known(value)) return MISSING
  let scaled = value
  let step = 0
  while (Math.abs(scaled) >= 9_999.5 && step < DECIMAL.length - 1) {
    scaled /= 1000
    step++
  }
  const text = step === 0 && Number.isInteger(scaled) ? scaled.toFixed(0) : figures(scaled)
  return `${text}${DECIMAL[step] ?? ''}`
}

/** 1 core, 8 cores. */
export function counted(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? '' : 's'}`
}

export function load(value: Value): string {
  return known(value) ? value.toFixed(value < 99.995 ? 2 : 0) : MISSING
}

export function format(unit: Unit, value: Value): string {
  switch (unit) {
    case 'share':
      return share(value)
    case 'bytes':
      return bytes(value)
    case 'bytesPerSecond':
      return bytesPerSecond(value)
    case 'count':
      return count(value)
    case 'perSecond':
      return known(value) ? `${count(value)}/s` : MISSING
    case 'load':
      return load(value)
  }
}

/** Two units at most: 3d 4h, 4h 12m, 12m 5s, 5s. */
export function duration(seconds: Value): string {
  if (!known(seconds)) return MISSING
  const whole = Math.max(0, Math.floor(seconds))
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3_600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ]
  const first = parts.findIndex(([n]) => n > 0)
  if (first < 0) return '0s'
  return parts
    .slice(first, first + 2)
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, unit]) => `${n}${unit}`)
    .join(' ')
}

/** What to say of a clock that is wrong by that much, positive = ahead. */
export function clockErrorText(millis: number): string {
  const seconds = Math.abs(millis) / 1000
  const much = seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)
  return `This machine's clock is ${much} ${millis > 0 ? 'ahead' : 'behind'}`
}

/** How long ago, for a person: now, 4s ago, 3m ago. */
export function ago(millis: number): string {
  return millis < 1_500 ? 'now' : `${duration(millis / 1000)} ago`
}

export function bitsPerSecond(bits: Value): string {
  if (!known(bits) || bits <= 0) return MISSING
  const step = bits >= 1e9 ? 1e9 : bits >= 1e6 ? 1e6 : 1e3
  return `${figures(bits / step).replace(/\.0$/, '')} ${step === 1e9 ? 'Gbit/s' : step === 1e6 ? 'Mbit/s' : 'kbit/s'}`
}

const two = (n: number): string => String(n).padStart(2, '0')

/** 14:03:21, local time. */
export function clock(millis: number): string {
  const d = new Date(millis)
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
}

/** 21 Nov 14:03, local time; seconds only where the range is short. */
export function moment(millis: number, withSeconds = false): string {
  const d = new Date(millis)
  const month = d.toLocaleString('en', { month: 'short' })
  const time = withSeconds ? clock(millis) : `${two(d.getHours())}:${two(d.getMinutes())}`
  return `${d.getDate()} ${month} ${time}`
}

/** Value steps for an axis of bytes, so that labels read 512 MiB and not 477 MiB. */
export const BINARY_STEPS: number[] = Array.from({ length: 52 }, (_, power) => 2 ** power)
