import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { Frame } from '../contract/types'
import { backoffMillis } from './backoff'
import { LiveSocket, type SocketState, type Wire } from './live-socket'

class FakeWire implements Wire {
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  readyState = 0
  readonly sent: string[] = []
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.readyState = 3
  }
  accept(): void {
    this.readyState = 1
    this.onopen?.()
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
}

function connected(): {
  wires: FakeWire[]
  frames: Frame[]
  states: SocketState[]
  socket: LiveSocket
  wire: FakeWire
} {
  const wires: FakeWire[] = []
  const frames: Frame[] = []
  const states: SocketState[] = []
  const socket = new LiveSocket(
    () => {
      const wire = new FakeWire()
      wires.push(wire)
      return wire
    },
    { frame: (frame) => frames.push(frame), state: (state) => states.push(state) },
    () => 1,
  )
  socket.subscribe({ type: 'subscribe', view: 'fleet', intervalMillis: 1000 })
  socket.start()
  const wire = wires[0] as FakeWire
  wire.accept()
  return { wires, frames, states, socket, wire }
}

const snapshot = (sequence: number): object => ({ type: 'snapshot', sequence, time: 0, view: 'fleet', machines: {} })
const delta = (sequence: number): object => ({ type: 'delta', sequence, machines: {} })

test('subscribes on opening and is live with the first snapshot', () => {
  const { wire, states, frames, socket } = connected()
  assert.equal(wire.sent.length, 1)
  wire.say(snapshot(1))
  wire.say(delta(2))
  assert.deepEqual(
    states.map((s) => s.kind),
    ['connecting', 'live'],
  )
  assert.deepEqual(
    frames.map((f) => f.type),
    ['snapshot', 'delta'],
  )
  socket.stop()
})

test('a lost frame asks for a snapshot, and deltas wait for it', () => {
  const { wire, frames, socket } = connected()
  wire.say(snapshot(1))
  wire.say(delta(3))
  wire.say(delta(4))
  assert.equal(wire.sent.length, 2)
  assert.deepEqual(
    frames.map((f) => f.sequence),
    [1],
  )
  wire.say(snapshot(5))
  wire.say(delta(6))
  assert.deepEqual(
    frames.map((f) => f.sequence),
    [1, 5, 6],
  )
  socket.stop()
})

test('a closed connection is tried again later, with the subscription', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const { wires, wire, states, socket } = connected()
  wire.say(snapshot(1))
  wire.onclose?.()
  assert.deepEqual(states.at(-1), { kind: 'reconnecting', attempt: 1, retryAt: 500 })
  mock.timers.tick(500)
  const second = wires[1] as FakeWire
  second.accept()
  assert.equal(second.sent.length, 1)
  socket.stop()
  mock.timers.reset()
})

test('silence is a dead connection', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  const { wire, states, socket } = connected()
  wire.say(snapshot(1))
  mock.timers.tick(24_000)
  wire.say({ type: 'status', sequence: 2, degraded: [] })
  mock.timers.tick(24_000)
  assert.equal(states.at(-1)?.kind, 'live')
  mock.timers.tick(2_000)
  assert.equal(states.at(-1)?.kind, 'reconnecting')
  socket.stop()
  mock.timers.reset()
})

test('what is no frame is ignored', () => {
  const { wire, frames, socket } = connected()
  for (const data of ['', 'null', '[]', '{"type":"future","sequence":1}', '{"type":"delta"}', new ArrayBuffer(1)]) {
    wire.onmessage?.({ data })
  }
  assert.equal(frames.length, 0)
  socket.stop()
})

test('waits double up to a bound and carry jitter', () => {
  assert.equal(backoffMillis(0, 1), 500)
  assert.equal(backoffMillis(3, 1), 4_000)
  assert.equal(backoffMillis(99, 1), 15_000)
  assert.equal(backoffMillis(5, 0), 200)
})
