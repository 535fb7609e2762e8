/**
 * Series of one machine over time, columnar: common bucket times and, per key, the mean, least and greatest value of
 * each bucket. History fills it, live samples are added to the same grid of buckets, so that there is no seam between
 * the two.
 *
 * A bucket in which nothing came is left out; where the hole is longer than the tolerance one bucket of nulls marks it,
 * which is what breaks a line.
 */
import type { Gap, History } from '../contract/types'

export type Nullable = (number | null)[]

export interface Column {
  avg: Nullable
  min: Nullable
  max: Nullable
}

export interface Sample {
  time: number
  values: Readonly<Record<string, number>>
}

export class Timeline {
  times: number[] = []
  readonly columns = new Map<string, Column>()
  /** Stamp of the newest live sample; a line may end there instead of at the start of its bucket. */
  lastSample = Number.NEGATIVE_INFINITY
  /** Samples in the newest bucket, per key. */
  private counts = new Map<string, number>()

  /**
   * @param stepMillis length of a bucket
   * @param measuredMillis how often these series are measured; a bucket of several measurements has a least and a greatest
   * @param phaseMillis where buckets begin, counted from whole multiples of the step
   */
  constructor(
    readonly stepMillis: number,
    readonly measuredMillis = 1_000,
    private readonly phaseMillis = 0,
  ) {}

  /** Longest hole that is no gap: two and a half steps, and never less than three and a half seconds. */
  get toleranceMillis(): number {
    return Math.max(2.5 * this.stepMillis, 3_500)
  }

  /** True where buckets hold several measurements, so that least and greatest differ from the mean. */
  get isAggregated(): boolean {
    return this.stepMillis >= 2 * this.measuredMillis
  }

  /** Start of the newest bucket; -Infinity when empty. */
  get newest(): number {
    return this.times.at(-1) ?? Number.NEGATIVE_INFINITY
  }

  /** Adds a live sample to its bucket. One that belongs before the newest bucket is ignored: history brings it. */
  append(sample: Sample, accepts: (key: string) => boolean): void {
    const { stepMillis, phaseMillis } = this
    const bucket = Math.floor((sample.time - phaseMillis) / stepMillis) * stepMillis + phaseMillis
    if (bucket < this.newest) return
    if (bucket > this.newest) this.open(bucket)
    this.lastSample = sample.time
    const at = this.times.length - 1
    for (const key of Object.keys(sample.values)) {
      const value = sample.values[key]
      if (value === undefined || !accepts(key)) continue
      const column = this.column(key)
      const n = this.counts.get(key) ?? 0
      const before = column.avg[at]
      if (n === 0 || before === null || before === undefined) {
        column.avg[at] = column.min[at] = column.max[at] = value
      } else {
        column.avg[at] = (before * n + value) / (n + 1)
        column.min[at] = Math.min(column.min[at] ?? value, value)
        column.max[at] = Math.max(column.max[at] ?? value, value)
      }
      this.counts.set(key, n + 1)
    }
  }

  /** Forgets what is older than `from`, keeping one bucket before it so that lines enter from the left edge. */
  trim(from: number): void {
    let drop = 0
    while (drop + 1 < this.times.length && (this.times[drop + 1] ?? 0) < from) drop++
    if (drop < 64) return
    this.times.splice(0, drop)
    for (const column of this.columns.values()) {
      column.avg.splice(0, drop)
      column.min.splice(0, drop)
      column.max.splice(0, drop)
    }
  }

  /** Takes the newest bucket away again. */
  dropNewest(): void {
    this.times.pop()
    for (const column of this.columns.values()) {
      column.avg.pop()
      column.min.pop()
      column.max.pop()
    }
    this.counts.clear()
  }

  /**
   * Puts samples into buckets that hold nothing, wherever they belong: what history does not have (yet), the page may have
   * seen live. Buckets that history holds stay as they are.
   */
  fillHoles(samples: readonly Sample[], accepts: (key: string) => boolean): void {
    const newest = this.newest
    const first = samples[0]
    if (first === undefined || first.time >= newest) return
    const live = new Timeline(this.stepMillis, this.measuredMillis, this.phaseMillis)
    for (const sample of samples) live.append(sample, accepts)
    const held = new Set(this.times.filter((_, i) => this.holds(i)))
    const added = live.times.filter((time, i) => time < newest && live.holds(i) && !held.has(time))
    if (added.length === 0) return
    const own = new Map(this.times.map((time, i) => [time, i]))
    const lives = new Map(live.times.map((time, i) => [time, i]))
    const times: number[] = []
    for (const time of [...held, ...added].sort((a, b) => a - b)) {
      const last = times.at(-1)
      if (last !== undefined && time - last > this.toleranceMillis) times.push(last + this.stepMillis)
      times.push(time)
    }
    for (const [key, column] of live.columns) if (column.avg.some((value) => value !== null)) this.column(key)
    for (const [key, column] of this.columns) {
      const other = live.columns.get(key)
      const pick = (which: keyof Column): Nullable =>
        times.map((time) => {
          const from = held.has(time) ? column[which][own.get(time) ?? -1] : other?.[which][lives.get(time) ?? -1]
          return from ?? null
        })
      this.columns.set(key, { avg: pick('avg'), min: pick('min'), max: pick('max') })
    }
    this.times = times
  }

  /** Whether a bucket holds any value. */
  holds(at: number): boolean {
    for (const column of this.columns.values()) if ((column.avg[at] ?? null) !== null) return true
    return false
  }

  private open(bucket: number): void {
    const last = this.times.at(-1)
    if (last !== undefined && bucket - last > this.toleranceMillis) this.push(last + this.stepMillis)
    this.push(bucket)
    this.counts.clear()
  }

  private push(time: number): void {
    this.times.push(time)
    for (const column of this.columns.values()) {
      column.avg.push(null)
      column.min.push(null)
      column.max.push(null)
    }
  }

  private column(key: string): Column {
    let column = this.columns.get(key)
    if (!column) {
      const empty = (): Nullable => new Array<null>(this.times.length).fill(null)
      column = { avg: empty(), min: empty(), max: empty() }
      this.columns.set(key, column)
    }
    return column
  }
}

/**
 * A timeline from a history answer.
 *
 * @param measuredMillis how often history holds these series: devices every 10 s, file systems every 60 s
 */
export function timelineOf(history: History, measuredMillis = 1_000): Timeline {
  const step = Math.max(history.stepMillis, measuredMillis)
  // The server lets buckets begin where this machine's samples need it; live ones follow.
  const timeline = new Timeline(step, measuredMillis, (history.times[0] ?? 0) % step)
  const rows: number[] = []
  let last: number | undefined
  history.times.forEach((time, i) => {
    if (!history.series.some((series) => series.avg[i] !== null && series.avg[i] !== undefined)) return
    if (last !== undefined && time - last > timeline.toleranceMillis) {
      timeline.times.push(last + step)
      rows.push(-1)
    }
    timeline.times.push(time)
    rows.push(i)
    last = time
  })
  for (const series of history.series) {
    const pick = (values: Nullable): Nullable => rows.map((i) => (i < 0 ? null : (values[i] ?? null)))
    timeline.columns.set(series.key, { avg: pick(series.avg), min: pick(series.min), max: pick(series.max) })
  }
  return timeline
}

/**
 * Adds the samples that history does not hold yet, also where it has a hole; a newest bucket that the samples cover whole
 * is built again from them.
 */
export function continueWith(timeline: Timeline, tail: readonly Sample[], accepts: (key: string) => boolean): void {
  const first = tail[0]
  if (!first) return
  if (first.time <= timeline.newest) timeline.dropNewest()
  timeline.fillHoles(tail, accepts)
  for (const sample of tail) timeline.append(sample, accepts)
}

/**
 * Gaps to shade: those that history names, as far as the page has seen nothing live in them, and holes in the timeline that
 * it does not name. Sorted by time.
 */
export function gapsOf(timeline: Timeline, named: readonly Gap[]): Gap[] {
  const gaps = named.flatMap((gap) => leftOpen(gap, timeline))
  for (let i = 1; i + 1 < timeline.times.length; i++) {
    if (timeline.holds(i)) continue
    const from = (timeline.times[i - 1] ?? 0) + timeline.stepMillis
    const to = timeline.times[i + 1] ?? from
    if (!named.some((gap) => gap.from < to && gap.to > from)) gaps.push({ from, to, reason: 'unknown' })
  }
  return gaps.sort((a, b) => a.from - b.from)
}

/** What is left of a gap beside the buckets that hold something. */
function leftOpen(gap: Gap, timeline: Timeline): Gap[] {
  const parts: Gap[] = []
  let from = gap.from
  let cut = false
  for (let i = firstFrom(timeline.times, gap.from); i < timeline.times.length; i++) {
    const time = timeline.times[i] ?? 0
    if (time >= gap.to) break
    if (!timeline.holds(i)) continue
    cut = true
    if (time - from >= timeline.toleranceMillis) parts.push({ ...gap, from, to: time })
    from = time + timeline.stepMillis
  }
  if (!cut) return [gap]
  if (gap.to - from >= timeline.toleranceMillis) parts.push({ ...gap, from })
  return parts
}

/** Index of the first time that is not before `from`. */
function firstFrom(times: readonly number[], from: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the bucket that covers `time`; -1 where there is none within the tolerance. */
export function indexAt(timeline: Timeline, time: number): number {
  const { times } = timeline
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) <= time) low = middle + 1
    else high = middle
  }
  const at = low - 1
  const nearer =
    at + 1 < times.length && (times[at + 1] ?? 0) - time < time - (times[at] ?? Number.NEGATIVE_INFINITY) ? at + 1 : at
  return nearer >= 0 && Math.abs((times[nearer] ?? 0) - time) <= timeline.toleranceMillis ? nearer : -1
}

/**
 * Running totals from the first series to the last: what a stacked chart draws. A missing value counts as nothing, an
 * all-missing bucket stays null.
 */
export function stack(series: readonly Nullable[], length: number): Nullable[] {
  const totals: Nullable[] = series.map(() => new Array<number | null>(length).fill(null))
  for (let i = 0; i < length; i++) {
    if (!series.some((values) => typeof values[i] === 'number')) continue
    let sum = 0
    series.forEach((values, row) => {
      sum += values[i] ?? 0
      const total = totals[row]
      if (total) total[i] = sum
    })
  }
  return totals
}
