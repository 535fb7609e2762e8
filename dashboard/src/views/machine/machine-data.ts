import { batch, signal } from '@preact/signals'
import { KEY } from '../../contract/keys'
import type { Coverage, Gap } from '../../contract/types'
import { fetchHistory } from '../../net/rest'
import { differs, FIRST_LOOK_MILLIS, type Look, mayHeal, nextLook, SLOWEST_LOOK_MILLIS } from '../../model/healing'
import { type Group, GROUPS, type GroupName, pointsOfGroup } from '../../model/groups'
import { SPARK_CELL_MILLIS } from '../../model/spark'
import { edges, follows, LONGEST_MILLIS, pointsFor, type TimeRange } from '../../model/time-range'
import { continueWith, gapsOf, type Sample, Timeline, timelineOf } from '../../model/timeline'

/** Live samples kept to continue any history answer: what a commit may lag behind, many times over. */
const TAIL_MILLIS = 180_000
/** And while the database is away, and this long after its return: history has a hole there that the page need not show. */
const OUTAGE_TAIL_MILLIS = 1_800_000
const CATCHING_UP_MILLIS = 120_000
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
  /** Of the range shown; undefined where the server does not say. */
  readonly coverage = signal<Coverage | undefined>(undefined)
  /** True from the moment at which late samples were found until nothing more comes. */
  readonly filling = signal(false)
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
  private behindUntil = 0
  private known: Look | undefined
  private lookAt = Number.POSITIVE_INFINITY
  private lookMillis = FIRST_LOOK_MILLIS

  constructor(
    readonly id: string,
    public range: TimeRange,
    private readonly withHistory: () => boolean,
    private readonly now: () => number,
    private readonly paused: () => boolean,
    private readonly databaseAway: () => boolean,
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
    if (this.databaseAway()) this.behindUntil = sample.time + CATCHING_UP_MILLIS
    const kept = sample.time < this.behindUntil ? OUTAGE_TAIL_MILLIS : TAIL_MILLIS
    const keep = this.withHistory() ? kept : MEMORY_MILLIS
    while ((this.tail[0]?.time ?? Number.POSITIVE_INFINITY) < sample.time - keep) this.tail.shift()
    if (follows(this.range)) {
      for (const group of GROUPS) this.timelines.get(group.name)?.append(sample, group.accepts)
    }
    const missed = last !== undefined && sample.time - last.time > MISSED_MILLIS
    if ((fresh || missed) && this.withHistory()) {
      this.lookMillis = FIRST_LOOK_MILLIS
      clearTimeout(this.seam)
      this.seam = setTimeout(() => void this.load(), SEAM_MILLIS)
    }
    const pace = Math.min(SLOWEST_REPAINT_MILLIS, Math.max(900, this.step() / 2))
    if (!this.paused() && follows(this.range) && sample.time - this.painted >= pace) this.repaint()
  }

  /** Called every second while the page is in sight. Moves the window on although nothing comes, and looks for late samples. */
  tick(): void {
    if (this.loading.peek().kind === 'failed' && Date.now() - this.asked > RETRY_MILLIS) void this.load()
    else if (Date.now() >= this.lookAt && !this.paused()) void this.look()
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
      if (request.signal.aborted) return
      this.loading.value = { kind: 'ready' }
      this.lookAt = this.nextLookAt()
    } catch (failure) {
      if (request.signal.aborted) return
      this.loading.value = { kind: 'failed', message: failure instanceof Error ? failure.message : String(failure) }
    }
  }

  /** Something happened after which late samples are likely: an outage of the database has ended. */
  expectLate(): void {
    this.lookMillis = FIRST_LOOK_MILLIS
    if (this.loading.peek().kind === 'failed') void this.load()
    else this.lookAt = Math.min(this.lookAt, Date.now() + FIRST_LOOK_MILLIS)
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
        this.learn({ ...history, gaps: history.gaps ?? [], coverage: history.coverage })
        this.resolution.value = { tier: history.tier, stepMillis: history.stepMillis }
      }
      this.repaint()
    })
  }

  /**
   * Asks for one series of the range: its gaps and coverage tell whether anything came late. Only then everything is
   * fetched again, and the next look is soon; otherwise it is twice as far.
   */
  private async look(): Promise<void> {
    const before = this.known
    const request = this.request
    this.lookAt = Number.POSITIVE_INFINITY
    if (!before || !this.withHistory()) return
    const { from, to } = edges(this.range, this.now(), this.first)
    const query = { metrics: [KEY.cpu], from, to, points: pointsFor(to - from) }
    try {
      const history = await fetchHistory(this.id, query, request?.signal)
      if (request !== this.request || request?.signal.aborted) return
      const after = { ...history, gaps: history.gaps ?? [], coverage: history.coverage }
      const changed = differs(before, after) || after.coverage?.missing !== before.coverage?.missing
      this.lookMillis = changed ? FIRST_LOOK_MILLIS : nextLook(this.lookMillis)
      this.filling.value = changed && mayHeal(after.gaps, after.coverage, to, this.now())
      if (changed) return await this.load()
      this.learn(after)
    } catch {
      // The banner and the next look say more: what is drawn stays as it is.
      if (request !== this.request || request?.signal.aborted) return
      this.lookMillis = nextLook(this.lookMillis)
    }
    this.lookAt = this.nextLookAt()
  }

  private learn(look: Look): void {
    this.known = look
    this.named = [...look.gaps]
    this.coverage.value = look.coverage
  }

  /** Soon where a gap may close, every minute where the window moves and its coverage with it, otherwise never. */
  private nextLookAt(): number {
    const known = this.known
    if (!known) return Number.POSITIVE_INFINITY
    if (mayHeal(known.gaps, known.coverage, known.to, this.now())) return Date.now() + this.lookMillis
    return follows(this.range) ? Date.now() + SLOWEST_LOOK_MILLIS : Number.POSITIVE_INFINITY
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
    this.known = undefined
    this.lookAt = Number.POSITIVE_INFINITY
    this.lookMillis = FIRST_LOOK_MILLIS
    this.coverage.value = undefined
    this.filling.value = false
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
