import type { Frame, Subscription } from '../contract/types'
import { backoffMillis } from './backoff'

export type SocketState =
  { kind: 'connecting' } | { kind: 'live' } | { kind: 'reconnecting'; attempt: number; retryAt: number }

export interface LiveSocketEvents {
  /** A frame of the current subscription, in order; the first after each (re)subscription is a snapshot. */
  frame(frame: Frame): void
  state(state: SocketState): void
}

/** What of a WebSocket is used, so that tests need no network. */
export interface Wire {
  onopen: (() => void) | null
  onclose: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  send(text: string): void
  close(): void
  readonly readyState: number
}

const OPEN = 1
/** The server sends a status at least every 15 s: longer silence is a dead connection. */
const SILENCE_MILLIS = 25_000
/** An attempt that is not answered in this time is given up. */
const OPENING_MILLIS = 10_000

/**
 * One WebSocket that stays: it reconnects with jitter, subscribes again, and asks for a new snapshot when the running
 * sequence shows that a frame was lost. Frames between that moment and the snapshot are dropped.
 */
export class LiveSocket {
  private wire: Wire | undefined
  private subscription: Subscription | undefined
  private expected = 0
  private wantsSnapshot = true
  private attempt = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(
    private readonly open: () => Wire,
    private readonly events: LiveSocketEvents,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    this.drop()
  }

  /** Replaces the subscription; a snapshot follows. */
  subscribe(subscription: Subscription): void {
    this.subscription = subscription
    this.send()
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    if (this.stopped || this.wire) return
    clearTimeout(this.retry)
    this.connect()
  }

  private connect(): void {
    this.events.state({ kind: 'connecting' })
    const wire = this.open()
    this.wire = wire
    this.watch(OPENING_MILLIS)
    wire.onopen = () => {
      this.expected = 0
      this.watch(SILENCE_MILLIS)
      this.send()
    }
    wire.onmessage = (event) => {
      this.watch(SILENCE_MILLIS)
      this.receive(event.data)
    }
    wire.onclose = () => this.lost(wire)
  }

  private receive(data: unknown): void {
    const frame = readFrame(data)
    if (!frame) return
    if (this.expected > 0 && frame.sequence !== this.expected && frame.type !== 'snapshot' && !this.wantsSnapshot)
      this.send()
    this.expected = frame.sequence + 1
    if (frame.type === 'snapshot') {
      this.wantsSnapshot = false
      this.attempt = 0
      this.events.frame(frame)
      this.events.state({ kind: 'live' })
    } else if (!this.wantsSnapshot || frame.type === 'status' || frame.type === 'error') {
      this.events.frame(frame)
    }
  }

  private send(): void {
    this.wantsSnapshot = true
    if (this.wire?.readyState === OPEN && this.subscription) this.wire.send(JSON.stringify(this.subscription))
  }

  private lost(wire: Wire): void {
    if (wire !== this.wire) return
    this.drop()
    if (this.stopped) return
    const wait = backoffMillis(this.attempt++, this.random())
    this.events.state({ kind: 'reconnecting', attempt: this.attempt, retryAt: Date.now() + wait })
    this.retry = setTimeout(() => this.connect(), wait)
  }

  private watch(millis: number): void {
    clearTimeout(this.watchdog)
    const wire = this.wire
    this.watchdog = setTimeout(() => {
      if (wire) this.lost(wire)
    }, millis)
  }

  private drop(): void {
    clearTimeout(this.watchdog)
    const wire = this.wire
    this.wire = undefined
    if (!wire) return
    wire.onopen = wire.onclose = wire.onmessage = null
    wire.close()
  }
}

const TYPES = new Set(['snapshot', 'delta', 'inventory', 'alert', 'status', 'error'])

/** A frame from what came over the wire; undefined for anything else, which newer servers may send. */
export function readFrame(data: unknown): Frame | undefined {
  if (typeof data !== 'string') return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(data)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined
  const { type, sequence } = parsed as { type?: unknown; sequence?: unknown }
  if (typeof type !== 'string' || !TYPES.has(type) || typeof sequence !== 'number') return undefined
  return parsed as Frame
}
