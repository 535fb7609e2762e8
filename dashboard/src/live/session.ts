import { computed, signal } from '@preact/signals'
import type { Subscription } from '../contract/types'
import { LiveSocket, type SocketState, type Wire } from '../net/live-socket'
import { LiveStore } from './store'

/** What the page says about its connection, in one place: the indicator, the banner and the dimming all read this. */
export type Connection =
  | { kind: 'connecting' }
  | { kind: 'live' }
  | { kind: 'paused' }
  | { kind: 'stale'; since: number }
  | { kind: 'reconnecting'; retryAt: number }

/** A hidden tab gets no animation frames, so that a timer takes over there. */
function beforePainting(task: () => void): void {
  if (document.hidden) setTimeout(task, 1_000)
  else requestAnimationFrame(task)
}

export const store = new LiveStore(beforePainting)
const socketState = signal<SocketState>({ kind: 'connecting' })

export const connection = computed<Connection>(() => {
  const socket = socketState.value
  if (socket.kind === 'reconnecting') return { kind: 'reconnecting', retryAt: socket.retryAt }
  if (socket.kind === 'connecting') return { kind: 'connecting' }
  if (store.paused.value) return { kind: 'paused' }
  const since = store.status.value.staleSince
  return since === null ? { kind: 'live' } : { kind: 'stale', since }
})

/** Counts the moments at which live data began anew: charts fetch the hole then. */
export const reconnections = signal(0)

function address(): string {
  const { protocol, host } = window.location
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws`
}

const socket = new LiveSocket(() => new WebSocket(address()) as unknown as Wire, {
  frame: (frame) => store.apply(frame),
  state: (state) => {
    if (state.kind === 'live' && socketState.value.kind !== 'live') reconnections.value++
    socketState.value = state
  },
})

export function startSession(): void {
  socket.start()
  window.addEventListener('online', () => socket.retryNow())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) socket.retryNow()
  })
}

export const retryNow = (): void => socket.retryNow()

export function watchFleet(): void {
  const subscription: Subscription = { type: 'subscribe', view: 'fleet', intervalMillis: 1_000 }
  socket.subscribe(subscription)
}

export function watchMachine(id: string): void {
  socket.subscribe({ type: 'subscribe', view: 'machine', machines: [id], intervalMillis: 1_000 })
}

/** A signal that ticks every second while someone reads it: ages and countdowns. */
export const seconds = signal(Date.now())
setInterval(() => {
  if (!document.hidden) seconds.value = Date.now()
}, 1_000)
