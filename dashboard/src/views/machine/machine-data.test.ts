import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Gap, History } from '../../contract/types'
import { MachineData } from './machine-data'

const BEGIN = 1_800_000_000_000
const SPAN = 300_000
const FROM = BEGIN - SPAN

/** A server that holds one sample a second, but for what lies in `hole`. */
class Server {
  hole: [number, number] | undefined
  requests = 0

  answer(url: string): History {
    this.requests++
    const query = new URL(url, 'http://server').searchParams
    const from = Math.ceil(Date.parse(query.get('from') ?? '') / 1_000) * 1_000
    const to = Date.parse(query.get('to') ?? '')
    const times = Array.from({ length: Math.floor((to - from) / 1_000) }, (_, i) => from + i * 1_000)
    const values = times.map((time) => (this.hole && time >= this.hole[0] && time < this.hole[1] ? null : 0.5))
    const missing = values.filter((value) => value === null).length
    const key = 'system.cpu.utilization'
    const gaps: Gap[] = this.hole ? [{ from: this.hole[0], to: this.hole[1], reason: 'unknown' }] : []
    return {
      id: 'm',
      from,
      to,
      stepMillis: 1_000,
      tier: 'raw',
      times,
      series: [{ metric: key, attributes: {}, key, unit: '1', min: values, avg: values, max: values }],
      gaps,
      coverage: {
        spanMillis: to - from,
        coveredMillis: (times.length - missing) * 1_000,
        stored: times.length - missing,
        issued: times.length,
        missing,
      },
    }
  }
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

function page(context: TestContext, server: Server, range: ConstructorParameters<typeof MachineData>[1]): MachineData {
  context.mock.timers.enable({ apis: ['Date'], now: BEGIN })
  context.mock.method(globalThis, 'fetch', (url: string) => Promise.resolve(Response.json(server.answer(url))))
  return new MachineData(
    'm',
    range,
    () => true,
    () => Date.now(),
    () => false,
    () => false,
  )
}

async function pass(context: TestContext, data: MachineData, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    context.mock.timers.tick(1_000)
    data.tick()
    await settled()
  }
}

test('a gap closes by itself when late samples come, and the range stays', async (context) => {
  const server = new Server()
  const hole: [number, number] = [BEGIN - 60_000, BEGIN - 30_000]
  server.hole = hole
  const data = page(context, server, { kind: 'span', from: FROM, to: BEGIN })
  await data.load()
  assert.deepEqual(data.gaps, [{ from: hole[0], to: hole[1], reason: 'unknown' }])
  assert.equal(data.coverage.value?.missing, 30)
  const first = server.requests
  await pass(context, data, 4)
  assert.equal(server.requests, first, 'no look before its time')

  server.hole = [hole[0] + 20_000, hole[1]]
  await pass(context, data, 2)
  assert.equal(data.gaps[0]?.from, hole[0] + 20_000)
  assert.equal(data.filling.value, true)

  server.hole = undefined
  await pass(context, data, 6)
  assert.deepEqual(data.gaps, [])
  assert.equal(data.coverage.value?.missing, 0)
  assert.equal(data.filling.value, false)
  assert.deepEqual([data.from, data.to], [FROM, BEGIN])
  const times = data.timeline('host')?.times ?? []
  assert.ok(times.filter((time) => time >= hole[0] && time < hole[1]).length === 30)
  const healed = server.requests
  await pass(context, data, 300)
  assert.equal(server.requests, healed, 'nothing is awaited any more')
})

test('a gap that nothing fills is looked at ever more rarely', async (context) => {
  const server = new Server()
  server.hole = [BEGIN - 60_000, BEGIN - 30_000]
  const data = page(context, server, { kind: 'span', from: FROM, to: BEGIN })
  await data.load()
  const first = server.requests
  await pass(context, data, 600)
  const looks = server.requests - first
  assert.ok(looks >= 10 && looks <= 14, `${looks} requests in 10 minutes`)
})

test('live values of an outage stay when history comes back without them', async (context) => {
  const server = new Server()
  const data = page(context, server, { kind: 'last', name: '5m', millis: SPAN })
  await data.load()
  data.take({ time: BEGIN, values: { 'system.cpu.utilization': 0.7 } }, false)
  for (let i = 1; i <= 60; i++) {
    context.mock.timers.tick(1_000)
    data.take({ time: BEGIN + i * 1_000, values: { 'system.cpu.utilization': 0.7 } }, false)
  }
  server.hole = [BEGIN + 1_000, BEGIN + 50_000]
  await data.load()
  assert.deepEqual(data.gaps, [])
  const host = data.timeline('host')
  const at = host?.times.indexOf(BEGIN + 30_000) ?? -1
  assert.equal(host?.columns.get('system.cpu.utilization')?.avg[at], 0.7)
  data.close()
})
