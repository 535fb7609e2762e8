// Drives Chromium for the browser tests: one JSON command a line on standard input, one JSON answer a line on standard output.
// playwright-core comes from the dashboard's build tools; the browser is the system's own, given as the first argument.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { availableParallelism } from 'node:os'

const { chromium } = createRequire(new URL('../../../../../dashboard/package.json', import.meta.url))('playwright-core')
const WIDE = { width: 1440, height: 900 }
const NARROW = { width: 400, height: 860 }
const NICE_RISE = 0.05
/** What a close look at a gap shows on either side of it. */
const CLOSE_MILLIS = 4_000

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
})

/** What a person would find in the browser's console, of all pages so far. */
const complaints = []
/** Stamps of the samples that live frames brought to the newest fleet page. */
let stamps = []

async function open(url, viewport = WIDE) {
  const context = await browser.newContext({ viewport })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      const machines = JSON.parse(payload.toString()).machines ?? {}
      for (const machine of Object.values(machines)) if (machine.time && stamps.at(-1) !== machine.time) stamps.push(machine.time)
    })
  })
  await page.goto(url, { waitUntil: 'domcontentloaded', timeout: 60_000 })
  return page
}

/** Asks again until the answer is not undefined; a page that changes its elements meanwhile is asked again as well. */
async function until(what, limitMillis, ask) {
  const end = Date.now() + limitMillis
  for (;;) {
    let failure = ''
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (thrown) {
      failure = ` (${thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)})`
    }
    if (Date.now() > end) throw new Error(`not within ${Math.round(limitMillis)} ms: ${what}${failure}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const shown = async (page, testId) => {
  const element = page.getByTestId(testId).first()
  return (await element.count()) === 0 ? undefined : element
}

async function number(page, testId) {
  const value = await (await shown(page, testId))?.getAttribute('data-value', { timeout: 5_000 })
  return value === undefined || value === null ? undefined : Number(value)
}

/** Share of a CPU mode as the legend of the CPU chart names it. */
async function mode(page, name) {
  const text = await (await shown(page, 'legend-cpu'))?.innerText({ timeout: 5_000 })
  const match = new RegExp(`${name}\\s+([\\d.]+)%`).exec(text ?? '')
  return match ? Number(match[1]) / 100 : undefined
}

/** Points at a chart in steps from left to right: what its legend says at which time of the day. `first` leaves out the left. */
async function readChart(page, chart, steps, first = 0) {
  const over = page.getByTestId(`chart-${chart}`).locator('.u-over')
  await over.scrollIntoViewIfNeeded({ timeout: 5_000 })
  const box = await over.boundingBox()
  const points = []
  for (let i = first; i < steps; i++) {
    await page.mouse.move(box.x + ((i + 0.5) / steps) * box.width, box.y + box.height / 2)
    points.push(await page.evaluate(async (id) => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      const legend = document.querySelector(`[data-testid="legend-${id}"]`)
      return {
        clock: document.querySelector(`[data-testid="chart-${id}"] .chart-time`)?.textContent ?? '',
        gap: legend?.classList.contains('legend-gap') ?? false,
        text: legend?.innerText.replace(/\s+/g, ' ') ?? '',
      }
    }, chart))
  }
  await page.mouse.move(0, 0)
  return points.map((point) => ({ ...point, measured: /\d%/.test(point.text) && !point.gap, day: secondOfDay(point.clock) }))
}

const secondOfDay = (clock) => {
  const [hours, minutes, seconds] = clock.split(':').map(Number)
  return hours * 3600 + minutes * 60 + (seconds ?? 0)
}

/** Whether a time of the day lies within a span of Unix milliseconds, also across midnight. */
function lies(second, from, to) {
  const begin = new Date(from)
  const first = begin.getHours() * 3600 + begin.getMinutes() * 60 + begin.getSeconds()
  return ((second - first + 86_400) % 86_400) <= (to - from) / 1000
}

async function history(url, machine, from) {
  const query = new URLSearchParams({ metrics: 'system.cpu.utilization', from: new Date(from).toISOString(), to: 'now', points: '2000' })
  const response = await fetch(`${url}/api/machines/${encodeURIComponent(machine)}/history?${query}`)
  if (!response.ok) throw new Error(`history answered ${response.status}: ${await response.text()}`)
  const { times, series } = await response.json()
  return times.map((time, i) => ({ time, value: series[0]?.avg[i] ?? null }))
}

let fleet
let detail
let holed
const machinePage = (url, machine) => `${url}/machines/${encodeURIComponent(machine)}?range=all`

const commands = {
  /** Opens the fleet page and waits for one machine with a CPU value. */
  async live({ url, limitMillis }) {
    stamps = []
    fleet = await open(url)
    return until('the fleet page shows a machine live', limitMillis, async () => {
      const row = fleet.locator('[data-testid^="fleet-row-"][data-state="up"]').first()
      if ((await row.count()) === 0 || (await number(fleet, 'cpu-value')) === undefined) return undefined
      const state = await (await shown(fleet, 'connection-state'))?.getAttribute('data-state')
      return state === 'live' ? { machine: (await row.getAttribute('data-testid')).replace('fleet-row-', '') } : undefined
    })
  },

  /** Waits until three more samples have come, one second apart, and the row has changed with them. */
  async moves({ limitMillis }) {
    const row = fleet.locator('[data-testid^="fleet-row-"]').first()
    const before = await row.innerText()
    const first = stamps.length
    await until('values move', limitMillis, async () =>
      (stamps.length >= first + 3 && (await row.innerText()) !== before ? true : undefined))
    return { stamps: stamps.slice(first) }
  },

  /** Starts programs that do nothing but use processors, politely, and waits until both pages and the chart show it. */
  async burner({ url, machine, limitMillis }) {
    detail = await open(machinePage(url, machine))
    await until('the machine page shows CPU modes', limitMillis * 2, () => mode(detail, 'nice'))
    const calm = { cpu: await number(fleet, 'cpu-value'), nice: await mode(detail, 'nice') }
    const begin = Date.now()
    const burners = Array.from({ length: 4 * availableParallelism() }, () =>
      spawn('nice', ['-n', '1', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }))
    try {
      const wanted = Math.min(0.9, calm.nice + NICE_RISE)
      const seen = await until(`CPU rises from ${JSON.stringify(calm)}`, limitMillis, async () => {
        const [cpu, nice] = [await number(fleet, 'cpu-value'), await mode(detail, 'nice')]
        return cpu >= 0.8 && nice >= wanted ? { cpu, nice, millis: Date.now() - begin } : undefined
      })
      const charted = await until('the chart holds the rise', limitMillis, async () => {
        const points = await readChart(detail, 'cpu', 100, 92)
        const last = points.filter((point) => point.measured).at(-1)
        const nice = Number(/nice ([\d.]+)%/.exec(last?.text ?? '')?.[1] ?? 'NaN') / 100
        return nice >= wanted ? { text: last.text, millis: Date.now() - begin } : undefined
      })
      return { calm, seen, charted }
    } finally {
      for (const burner of burners) burner.kill('SIGKILL')
    }
  },

  /**
   * Reads history and the CPU chart: every span of `measured` must hold values in both; around every moment of `silent`
   * history must have a hole that the chart, looked at closely, calls a gap and says why.
   */
  async spans({ url, machine, measured, silent, limitMillis }) {
    const from = Math.min(...measured.map((span) => span[0]))
    const whole = await open(machinePage(url, machine))
    const found = await until('history and chart hold what was measured', limitMillis, async () => {
      const times = (await history(url, machine, from)).filter(({ value }) => value !== null).map(({ time }) => time)
      const points = (await readChart(whole, 'cpu', 40)).filter((point) => point.measured)
      const spans = measured.map(([a, b]) => ({
        rows: times.filter((time) => time > a && time < b).length,
        drawn: points.filter((point) => lies(point.day, a, b)).length,
      }))
      const holes = silent.map((moment) => [Math.max(...times.filter((t) => t <= moment)), Math.min(...times.filter((t) => t > moment))])
      const good = spans.every(({ rows, drawn }) => rows > 1 && drawn > 0) && holes.flat().every(Number.isFinite)
      if (!good) process.stderr.write(`not yet: ${JSON.stringify({ spans, holes })}\n`)
      return good ? { first: times[0], spans, holes } : undefined
    })
    found.gaps = []
    for (const [a, b] of found.holes) {
      const span = new URLSearchParams({ from: String(a - CLOSE_MILLIS), to: String(b + CLOSE_MILLIS) })
      const page = await open(`${url}/machines/${encodeURIComponent(machine)}?${span}`)
      found.gaps.push(await until(`a gap in the chart from ${a} to ${b}`, limitMillis, async () =>
        (await readChart(page, 'cpu', 20)).find((point) => point.gap && lies(point.day, a, b))?.text))
      await page.context().close()
    }
    return found
  },

  /** Opens the machine page close around a span in which nothing comes, when it is over, and waits until the chart calls it a gap. */
  async hole({ url, machine, from, to, limitMillis }) {
    await until('the span is over', limitMillis, () => (Date.now() > to ? true : undefined))
    const span = new URLSearchParams({ from: String(from - CLOSE_MILLIS), to: String(to + CLOSE_MILLIS) })
    holed = await open(`${url}/machines/${encodeURIComponent(machine)}?${span}`)
    return until('the chart shows a gap', limitMillis, async () => {
      const gaps = (await readChart(holed, 'cpu', 24)).filter((point) => point.gap && lies(point.day, from, to))
      return gaps.length >= 3 ? { texts: [...new Set(gaps.map((point) => point.text))] } : undefined
    })
  },

  /** Without touching that page, waits until the chart has values over the whole span. */
  async heals({ from, to, limitMillis }) {
    return until('the gap heals', limitMillis, async () => {
      const points = (await readChart(holed, 'cpu', 24)).filter((point) => lies(point.day, from, to))
      return points.every((point) => point.measured) ? { measured: points.length } : undefined
    })
  },

  /** Waits until the machine page has a process of this number, with its figures. */
  async process({ url, machine, pid, limitMillis }) {
    const page = await open(machinePage(url, machine))
    const found = await until(`process ${pid}`, limitMillis, async () => {
      const row = await shown(page, `process-${pid}`)
      if (!row) return undefined
      await page.getByTestId('processes-by-memory').click({ timeout: 5_000 })
      const [name, cpu, , memory, , threads, number] = await row.locator('td').allInnerTexts()
      // A process has no rate until the agent has read it twice.
      if (!cpu?.endsWith('%')) return undefined
      return { name, cpu, memory, threads: Number(threads), pid: Number(number) }
    })
    await page.context().close()
    return found
  },

  /** Width of what can be scrolled and of the window, for each page on a telephone. */
  async narrow({ url, machine, limitMillis }) {
    const widths = {}
    for (const [name, address, testId] of [['fleet', url, 'cpu-value'], ['machine', machinePage(url, machine), 'legend-cpu']]) {
      const page = await open(address, NARROW)
      await until(`${name} page at ${NARROW.width} px`, limitMillis, () => shown(page, testId))
      widths[name] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
      await page.context().close()
    }
    return widths
  },

  /** Closes the pages; answers with all that the console said. */
  async leave() {
    for (const context of browser.contexts()) await context.close()
    fleet = undefined
    detail = undefined
    holed = undefined
    return { complaints: complaints.splice(0) }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...settings } = JSON.parse(line)
  let answer
  try {
    answer = { ok: true, ...(await commands[command](settings)) }
  } catch (failure) {
    answer = { ok: false, error: `${command}: ${failure instanceof Error ? failure.message : String(failure)}` }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
await browser.close()
