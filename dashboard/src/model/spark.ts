/**
 * The last five minutes of a few metrics of one machine, as the fleet table draws them: means over 4 s on a fixed grid,
 * so that a line moves to the left once per cell and does not shimmer in between. 76 cells per metric, whatever the
 * sample rate.
 */
export const SPARK_CELL_MILLIS = 4_000
export const SPARK_CELLS = 75
const SIZE = SPARK_CELLS + 1

export class SparkHistory {
  private readonly sums: Float64Array
  private readonly counts: Uint16Array
  private newest = -1

  constructor(private readonly metrics: readonly string[]) {
    this.sums = new Float64Array(metrics.length * SIZE)
    this.counts = new Uint16Array(metrics.length * SIZE)
  }

  /** Adds one sample; one older than the window is ignored. */
  add(timeMillis: number, value: (metric: string) => number | null | undefined): void {
    const cell = Math.floor(timeMillis / SPARK_CELL_MILLIS)
    if (cell <= this.newest - SIZE) return
    this.moveTo(cell)
    this.metrics.forEach((metric, row) => {
      const v = value(metric)
      if (v === null || v === undefined) return
      const at = row * SIZE + (cell % SIZE)
      this.sums[at] = (this.sums[at] ?? 0) + v
      this.counts[at] = (this.counts[at] ?? 0) + 1
    })
  }

  /**
   * Begins anew with points that may lie further apart than the cells: what lies between two of them is drawn as a
   * line.
   */
  fill(times: readonly number[], value: (metric: string, index: number) => number | null | undefined): void {
    this.clear()
    const spacing = usualSpacing(times)
    times.forEach((time, i) => {
      const next = times[i + 1]
      const step = next !== undefined && next - time <= 2 * spacing ? next - time : 0
      for (let at = 0; at === 0 || at < step; at += SPARK_CELL_MILLIS) {
        this.add(time + at, (metric) => {
          const here = value(metric, i)
          const there = value(metric, i + 1)
          return at === 0 || typeof here !== 'number' || typeof there !== 'number'
            ? at === 0
              ? here
              : null
            : here + ((there - here) * at) / step
        })
      }
    })
  }

  clear(): void {
    this.newest = -1
    this.sums.fill(0)
    this.counts.fill(0)
  }

  /** Means from the oldest to the newest cell of the window that ends at `nowMillis`; null where nothing came. */
  values(metric: string, nowMillis: number): (number | null)[] {
    const row = this.metrics.indexOf(metric)
    const last = Math.floor(nowMillis / SPARK_CELL_MILLIS)
    const result: (number | null)[] = []
    for (let cell = last - SPARK_CELLS + 1; cell <= last; cell++) {
      const at = row * SIZE + (((cell % SIZE) + SIZE) % SIZE)
      const n = row < 0 || cell > this.newest || cell <= this.newest - SIZE ? 0 : (this.counts[at] ?? 0)
      result.push(n === 0 ? null : (this.sums[at] ?? 0) / n)
    }
    return result
  }

  /** The window as samples, oldest first: what a page without history begins with. */
  samples(nowMillis: number): { time: number; values: Record<string, number> }[] {
    const columns = this.metrics.map((metric) => this.values(metric, nowMillis))
    const first = Math.floor(nowMillis / SPARK_CELL_MILLIS) - SPARK_CELLS + 1
    const samples: { time: number; values: Record<string, number> }[] = []
    for (let i = 0; i < SPARK_CELLS; i++) {
      const values: Record<string, number> = {}
      this.metrics.forEach((metric, row) => {
        const value = columns[row]?.[i]
        if (typeof value === 'number') values[metric] = value
      })
      if (Object.keys(values).length > 0) samples.push({ time: (first + i) * SPARK_CELL_MILLIS, values })
    }
    return samples
  }

  private moveTo(cell: number): void {
    if (cell <= this.newest) return
    const first = Math.max(this.newest + 1, cell - SIZE + 1)
    for (let c = first; c <= cell; c++) {
      for (let row = 0; row < this.metrics.length; row++) {
        this.sums[row * SIZE + (c % SIZE)] = 0
        this.counts[row * SIZE + (c % SIZE)] = 0
      }
    }
    this.newest = cell
  }
}

/** The middle one of the distances between points. */
function usualSpacing(times: readonly number[]): number {
  const distances = times
    .slice(1)
    .map((time, i) => time - (times[i] ?? time))
    .sort((a, b) => a - b)
  return distances[distances.length >> 1] ?? 0
}

export interface SparkPaths {
  line: string
  area: string
}

/** SVG paths through the values in a box; a hole of one cell is bridged, a longer one breaks the line. */
export function sparkPaths(values: (number | null)[], max: number, width: number, height: number): SparkPaths {
  const top = max > 0 ? max : 1
  const x = (i: number): number => round((i / Math.max(1, values.length - 1)) * width)
  const y = (v: number): number => round(height - 0.75 - Math.min(1, Math.max(0, v / top)) * (height - 1.5))
  let line = ''
  let area = ''
  let start = -1
  let end = -1
  const close = (): void => {
    if (start >= 0) area += `L${x(end)} ${height}L${x(start)} ${height}Z`
  }
  values.forEach((v, i) => {
    if (v === null) return
    const joins = start >= 0 && i - end <= 2
    if (!joins) {
      close()
      start = i
    }
    const point = `${joins ? 'L' : 'M'}${x(i)} ${y(v)}`
    line += point
    area += point
    end = i
  })
  close()
  return { line, area }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
