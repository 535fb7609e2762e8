/** The one place that turns colour names into colours for canvases. The values stand in styles/colours.css. */
export type ColourName =
  | 'cpu-user'
  | 'cpu-system'
  | 'cpu-nice'
  | 'cpu-iowait'
  | 'cpu-interrupt'
  | 'cpu-steal'
  | 'cpu'
  | 'memory'
  | 'memory-buffers'
  | 'memory-cached'
  | 'swap'
  | 'disk-read'
  | 'disk-write'
  | 'net-receive'
  | 'net-transmit'
  | 'series-1'
  | 'series-2'
  | 'series-3'
  | 'series-4'
  | 'series-5'
  | 'series-6'
  | 'text'
  | 'muted'
  | 'faint'
  | 'line'
  | 'grid'
  | 'surface'
  | 'cursor'
  | 'gap'
  | 'heat-0'
  | 'heat-1'
  | 'heat-2'
  | 'heat-3'
  | 'heat-4'

const SERIES: ColourName[] = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6']

/** Colour of the nth series of an open-ended chart: devices, interfaces, mounts. */
export const seriesColour = (n: number): ColourName => SERIES[n % SERIES.length] ?? 'series-1'

export const colourVariable = (name: ColourName): string => `var(--${name})`

let cachedFor: string | undefined
const cached = new Map<ColourName, string>()

/**
 * The colour as it is now, for canvases. Read from the style once per appearance: asking for it costs more than
 * drawing.
 */
export function colour(name: ColourName): string {
  const now = document.documentElement.dataset.theme
  if (now !== cachedFor) {
    cached.clear()
    cachedFor = now
  }
  let value = cached.get(name)
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
    cached.set(name, value)
  }
  return value
}

/** A hexadecimal colour with an opacity from 0 to 1. */
export function withOpacity(hex: string, opacity: number): string {
  return `${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}

export type Level = 'fine' | 'high' | 'critical'

/** How full is too full: the same limits for every meter. */
export function levelOf(share: number | undefined): Level {
  if (share === undefined || share < 0.8) return 'fine'
  return share < 0.92 ? 'high' : 'critical'
}

/** From #rrggbb to its three parts. */
export function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1, 7), 16)
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255]
}
