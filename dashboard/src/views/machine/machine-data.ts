import { batch, signal } from '@preact/signals'
import { KEY } from '../../contract/keys'
import type { Gap } from '../../contract/types'
import { fetchHistory } from '../../net/rest'
import { type Group, GROUPS, type GroupName, pointsOfGroup } from '../../model/groups'
import { SPARK_CELL_MILLIS } from '../../model/spark'
import { edges, follows, LONGEST_MILLIS, pointsFor, type TimeRange } from '../../model/time-range'
import { continueWith, gapsOf, type Sample, Timeline, timelineOf } from '../../model/timeline'

/** Live samples kept to continue any history answer: what a commit may lag behind, many times over. */
const TAIL_MILLIS = 180_000
/** In public mode there is no history: this is all there is. */
const MEMORY_MILLIS = 310_000
/** By then the database holds what was sampled before the page began to listen. */
const SEAM_MILLIS = 3_000
/** A live pause this long may be filled by history, or explained by it. */
const MISSED_MILLIS = 8_000
/** A failed request for history is made again after this time. */
const RETRY_MILLIS = 15_000
const SLOWEST_REPAINT_MILLIS = 15_000
/** As near as the beginning of all that is known need be found. */
const CLOSE_MILLIS = 2_000

export type LoadState = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; message: string }

/**
 * History and live samples of one machine for one range, brought together. Created per machine; the range may change.
 */
export class MachineData {
  /** Grows when charts should paint again. */
  readonly version = signal(0)
  readonly loading = signal<LoadState>({ kind: 'loading' })
  /** Which tier answered and how long its steps are. */
  readonly resolution = signal<{ tier: string; stepMillis: number } | undefined>(undefined)
  from = 0
  to = 0
  gaps: Gap[] = []

  private readonly timelines = new Map<GroupName, Timeline>()
  private tail: Sample[] = []
  private named: Gap[] = []
  private first: number | undefined
  private request: AbortController | undefined
  private seam: ReturnType<typeof setTimeout> | undefined
  private painted = 0
  private asked = 0

  constructor(
    readonly id: string,
    private range: TimeRange,
    private readonly withHistory: () => boolean,
    private readonly now: () => number,
    private readonly paused: () => boolean,
  ) {
    this.empty()
  }

  timeline(group: GroupName): Timeline | undefined {
    return this.timelines.get(group)
  }

  setRange(range: TimeRange): void {
    this.range = range
    this.empty()
    this.repaint()
    void this.load()
  }

  close(): void {
    this.request?.abort()
    clearTimeout(this.seam)
  }

  /** What the page has seen of this machine before it was opened: a beginning where there is no history. */
  remember(samples: Sample[]): void {
    if (this.withHistory()) return
    const first = this.tail[0]?.time ?? Number.POSITIVE_INFINITY
    this.tail.unshift(...samples.filter((sample) => sample.time < first))
  }

  /** A live sample; `fresh` = live data begins (again), so that a little may be missing before it. */
  take(sample: Sample, fresh: boolean): void {
    const last = this.tail.at(-1)
    if (last && sample.time <= last.time) return
    this.tail.push(sample)
    const keep = this.withHistory() ? TAIL_MILLIS : MEMORY_MILLIS
    while ((this.tail[0]?.time ?? Number.POSITIVE_INFINITY) < sample.time - keep) this.tail.shift()
    if (follows(this.range)) {
      for (const group of GROUPS) this.timelines.get(group.name)?.append(sample, group.accepts)
    }
    const missed = last !== undefined && sample.time - last.time > MISSED_MILLIS
    if ((fresh || missed) && this.withHistory()) {
      clearTimeout(this.seam)
      this.seam = setTimeout(() => void this.load(), SEAM_MILLIS)
    }
    const pace = Math.min(SLOWEST_REPAINT_MILLIS, Math.max(900, this.step() / 2))
    if (!this.paused() && follows(this.range) && sample.time - this.painted >= pace) this.repaint()
  }

  /** Moves the window on although nothing comes: a gap grows at its right edge. */
  tick(): void {
    if (this.loading.peek().kind === 'failed' && Date.now() - this.asked > RETRY_MILLIS) void this.load()
    if (!this.paused() && follows(this.range) && this.now() - this.painted > Math.max(4_000, 2 * this.step()))
      this.repaint()
  }

  /** Fetches everything for the range and joins what came live since. */
  async load(): Promise<void> {
    if (!this.withHistory()) {
      this.loading.value = { kind: 'ready' }
      return this.repaint()
    }
    this.request?.abort()
    const request = new AbortController()
    this.request = request
    this.asked = Date.now()
    try {
      if (this.range.kind === 'all' && this.first === undefined) this.first = await this.findFirst(request.signal)
      const { from, to } = edges(this.range, this.now(), this.first)
      const points = pointsFor(to - from)
      await Promise.all(GROUPS.map((group) => this.loadGroup(group, from, to, points, request)))
      if (!request.signal.aborted) this.loading.value = { kind: 'ready' }
    } catch (failure) {
      if (request.signal.aborted) return
      this.loading.value = { kind: 'failed', message: failure instanceof Error ? failure.message : String(failure) }
    }
  }

  repaint(): void {
    const newest = this.tail.at(-1)?.time
    const now = this.now()
    // The right edge is the newest sample, so that the line reaches it; a machine that fell silent leaves a growing
    // hole.
    const end = newest !== undefined && now - newest < 5_000 ? newest : now
    const { from, to } = edges(this.range, end, this.first)
    this.from = from
    this.to = to
    this.painted = end
    if (follows(this.range)) for (const timeline of this.timelines.values()) timeline.trim(from)
    const host = this.timelines.get('host')
    this.gaps = host ? gapsOf(host, this.named) : []
    if (
      host &&
      follows(this.range) &&
      host.times.length > 0 &&
      to - host.newest > Math.max(10_000, 2 * host.toleranceMillis)
    ) {
      const begins = host.newest + host.stepMillis
      const named = this.gaps.findLast((gap) => gap.to > begins)
      this.gaps = this.gaps.filter((gap) => gap !== named)
      this.gaps.push({ from: named?.from ?? begins, to, reason: named?.reason ?? 'silent' })
    }
    this.version.value++
  }

  private async loadGroup(
    group: Group,
    from: number,
    to: number,
    points: number,
    request: AbortController,
  ): Promise<void> {
    const wanted = pointsOfGroup(group, to - from, points)
    const history = await fetchHistory(this.id, { metrics: group.metrics, from, to, points: wanted }, request.signal)
    if (request.signal.aborted) return
    const timeline = timelineOf(history, group.measuredMillis)
    if (follows(this.range)) continueWith(timeline, this.tail, group.accepts)
    this.timelines.set(group.name, timeline)
    batch(() => {
      if (group.name === 'host') {
        this.named = history.gaps ?? []
        this.resolution.value = { tier: history.tier, stepMillis: history.stepMillis }
      }
      this.repaint()
    })
  }

  /** When the machine was first measured: found in the whole of history, then ever closer around its first step. */
  private async findFirst(signal: AbortSignal): Promise<number> {
    const now = this.now()
    let [from, to, first] = [now - LONGEST_MILLIS, now, now]
    for (let look = 0; look < 4; look++) {
      const query = { metrics: [KEY.cpu], from, to, points: 1_000 }
      const timeline = timelineOf(await fetchHistory(this.id, query, signal))
      const begins = timeline.times[0]
      if (begins === undefined) return first
      first = begins
      if (timeline.stepMillis <= CLOSE_MILLIS) return first
      ;[from, to] = [begins - timeline.stepMillis, Math.min(now, begins + timeline.stepMillis)]
    }
    return first
  }

  /** Timelines of the right step without content, so that live samples show before history answers. */
  private empty(): void {
    const { from, to } = edges(this.range, this.now(), this.first)
    const points = pointsFor(to - from)
    this.named = []
    this.loading.value = { kind: 'loading' }
    this.resolution.value = undefined
    for (const group of GROUPS) {
      const step = Math.max(
        this.withHistory() ? 1_000 : SPARK_CELL_MILLIS,
        group.measuredMillis,
        Math.ceil((to - from) / points / 1_000) * 1_000,
      )
      this.timelines.set(group.name, new Timeline(step, group.measuredMillis))
    }
    if (follows(this.range)) this.rebuild()
  }

  private rebuild(): void {
    for (const group of GROUPS) {
      const empty = this.timelines.get(group.name)
      if (!empty) continue
      const timeline = new Timeline(empty.stepMillis, empty.measuredMillis)
      continueWith(timeline, this.tail, group.accepts)
      this.timelines.set(group.name, timeline)
    }
  }

  private step(): number {
    return this.timelines.get('host')?.stepMillis ?? 1_000
  }
}
