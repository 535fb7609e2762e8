import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import '../../styles/machine.css'
import { KEY } from '../../contract/keys'
import { Machine } from '../../live/machine'
import { connection, seconds, store, watchMachine } from '../../live/session'
import { DEFAULT_RANGE, PRESETS, queryOfRange, rangeFromQuery, spanOf, type TimeRange } from '../../model/time-range'
import { bytes, bytesPerSecond, count, load, share } from '../../model/units'
import { location, machinePath, navigate, setQuery } from '../../router'
import { ChartPanel } from './ChartPanel'
import { MachineContext } from './context'
import { Controls } from './Controls'
import { Cores } from './Cores'
import { Disks, Interfaces } from './Devices'
import { Filesystems } from './Filesystems'
import { Header, learnNeighbours, neighbours } from './Header'
import { MachineData } from './machine-data'
import { CONNECTIONS, CPU, DISK, LOAD, memory, NETWORK, PRESSURE, PROCESSES, swap } from './specs'

const FIVE_MINUTES: TimeRange = { kind: 'last', name: '5m', millis: 300_000 }

/** The range in the address; a public page can show no more than it remembers. */
const currentRange = (): TimeRange => (store.status.value.public ? FIVE_MINUTES : rangeFromQuery(location.value.query))

export function MachinePage({ id }: { id: string }): JSX.Element {
  void store.membership.value
  const machine = store.machines.get(id)
  const range = currentRange()
  const rangeKey = JSON.stringify(range)
  const lastMoving = useRef<TimeRange>(undefined)
  if (range.kind !== 'span') lastMoving.current = range
  const placeholder = useMemo(() => new Machine(id), [id])
  const data = useMemo(
    () => new MachineData(id, currentRange(), () => !store.status.peek().public, () => store.now(), () => store.paused.peek()),
    [id],
  )

  useEffect(() => {
    document.title = `${id} · sysmonstm`
    store.listen((from, sample, fresh) => {
      if (from === id) data.take(sample, fresh)
    })
    watchMachine(id)
    return () => {
      store.listen(undefined)
      data.close()
    }
  }, [id])
  useEffect(() => data.setRange(currentRange()), [rangeKey, data])
  useSignalEffect(() => {
    void seconds.value
    data.tick()
  })
  useSignalEffect(() => {
    if (!store.paused.value) data.repaint()
  })
  useEffect(() => pageKeys(id), [id])

  const known = store.known.value
  const isPublic = store.status.value.public
  useEffect(() => {
    if (known && !isPublic) void learnNeighbours()
  }, [known, isPublic])
  if (known && !machine && connection.value.kind === 'live') return <Missing id={id} />
  const shown = machine ?? placeholder
  const context: MachineContext = {
    machine: shown,
    data,
    zoom: (from, to) => setQuery(queryOfRange(spanOf(from, to)), 'push'),
    unzoom: () => setQuery(queryOfRange(lastMoving.current ?? rangeOf(DEFAULT_RANGE)), 'push'),
  }
  return (
    <MachineContext.Provider value={context} key={machine ? 'known' : 'waiting'}>
      <main class={`page machine machine-${shown.state}`} data-testid="machine-page" aria-busy={!machine}>
        <Header />
        <Controls range={range} />
        <Panels machine={shown} />
      </main>
    </MachineContext.Provider>
  )
}

const rangeOf = (name: string): TimeRange => {
  const preset = PRESETS.find((p) => p.name === name)
  return { kind: 'last', name, millis: preset?.millis ?? FIVE_MINUTES.millis }
}

function Panels({ machine }: { machine: Machine }): JSX.Element {
  void machine.version.value
  const limit = machine.value(KEY.memoryLimit) ?? machine.inventory.memoryBytes
  const swapLimit = machine.value(KEY.swapLimit)
  const hasSwap = swapLimit === undefined || swapLimit > 0
  const cores = machine.inventory.logicalCores
  const number = (key: string): number | undefined => machine.value(key)
  const hasPressure = machine.time === 0 || number(KEY.pressureCpu) !== undefined
  return (
    <div class="sheet">
      <ChartPanel spec={CPU} figure={{ text: share(number(KEY.cpu)), testId: 'cpu-value', value: number(KEY.cpu) }} />
      <Cores />
      <ChartPanel
        key={`memory-${limit ?? 0}`}
        spec={memory(limit)}
        context={limit === undefined ? undefined : `of ${bytes(limit)}`}
        figure={{ text: share(number(KEY.memory)), testId: 'memory-value', value: number(KEY.memory) }}
      />
      {hasSwap ? (
        <ChartPanel
          key={`swap-${swapLimit ?? 0}`}
          spec={swap(swapLimit)}
          context={swapLimit === undefined ? undefined : `of ${bytes(swapLimit)}, ${count(number(KEY.swapIn))} in and ${count(number(KEY.swapOut))} out per second`}
          figure={{ text: share(number(KEY.swap)), testId: 'swap-value', value: number(KEY.swap) }}
        />
      ) : (
        <section class="panel"><header class="panel-head"><h2>Swap</h2></header><p class="panel-empty">This machine has no swap space.</p></section>
      )}
      <ChartPanel spec={LOAD} context={cores ? `${cores} ${cores === 1 ? 'thread' : 'threads'}` : undefined} figure={{ text: load(number(KEY.load1)), testId: 'load-value', value: number(KEY.load1) }} />
      {hasPressure ? (
        <ChartPanel spec={PRESSURE} context="some tasks waited" figure={{ text: share(number(KEY.pressureCpu)), testId: 'pressure-value', value: number(KEY.pressureCpu) }} />
      ) : (
        <section class="panel"><header class="panel-head"><h2>Pressure</h2></header><p class="panel-empty">The kernel of this machine does not measure pressure.</p></section>
      )}
      <ChartPanel
        spec={DISK}
        context={`${count((number(KEY.diskReads) ?? 0) + (number(KEY.diskWrites) ?? 0))} operations/s, busiest ${share(number(KEY.diskBusiest))}`}
        figure={{ text: bytesPerSecond(sum(number(KEY.diskRead), number(KEY.diskWrite))), testId: 'disk-value' }}
      />
      <ChartPanel
        spec={NETWORK}
        context={`${count(number(KEY.netErrors))} errors/s, ${count(number(KEY.netDropped))} dropped/s`}
        figure={{ text: bytesPerSecond(sum(number(KEY.netReceive), number(KEY.netTransmit))), testId: 'network-value' }}
      />
      <Disks />
      <Interfaces />
      <Filesystems />
      <ChartPanel spec={CONNECTIONS} context={`${count(number(KEY.tcpAllocated))} sockets allocated`} figure={{ text: count(number(KEY.tcpEstablished)), testId: 'connections-value', value: number(KEY.tcpEstablished) }} />
      <ChartPanel spec={PROCESSES} context={`${count(number(KEY.threads))} threads, ${count(number(KEY.processesCreated))} started/s`} figure={{ text: count(number(KEY.processes)), testId: 'processes-value', value: number(KEY.processes) }} />
    </div>
  )
}

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)

function Missing({ id }: { id: string }): JSX.Element {
  return (
    <main class="page" data-testid="machine-missing">
      <section class="empty">
        <h1>No machine is called {id}</h1>
        <p>It may have been removed, or never reported here.</p>
      </section>
    </main>
  )
}

/** Escape goes back (zoom, then fleet); [ and ] go from machine to machine. */
function pageKeys(id: string): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || event.target instanceof HTMLInputElement) return
    const { before, after } = neighbours(id)
    if (event.key === '[' && before !== undefined) navigate(machinePath(before))
    else if (event.key === ']' && after !== undefined) navigate(machinePath(after))
    else if (event.key === 'Escape' && location.value.query.has('from')) setQuery({ from: null, to: null }, 'push')
    else if (event.key === 'Escape') navigate('/')
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
