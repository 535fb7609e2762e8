import { untracked, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import '../../styles/machine.css'
import { Machine } from '../../live/machine'
import { connection, seconds, store, watchMachine } from '../../live/session'
import { DEFAULT_RANGE, PRESETS, queryOfRange, rangeFromQuery, spanOf, type TimeRange } from '../../model/time-range'
import { location, machinePath, navigate, setQuery } from '../../router'
import { Link } from '../../ui/Link'
import { MachineContext } from './context'
import { Controls } from './Controls'
import { CoverageDrawer, coverageOpen, showCoverage } from './CoverageDrawer'
import { Header, learnNeighbours, neighbours } from './Header'
import { MachineData } from './machine-data'
import { Panels } from './Panels'
import { isRemoving } from './RemoveMachine'

/** Without a snapshot in this time history is shown alone. */
const SNAPSHOT_WAIT_MILLIS = 3_000
const FIVE_MINUTES: TimeRange = { kind: 'last', name: '5m', millis: 300_000 }

/** The range in the address; a public page can show no more than it remembers. */
const currentRange = (): TimeRange => (store.status.value.public ? FIVE_MINUTES : rangeFromQuery(location.value.query))

const databaseIsAway = (): boolean => store.status.peek().degraded.includes('database')

export function MachinePage({ id }: { id: string }): JSX.Element {
  void store.membership.value
  const machine = store.machines.get(id)
  const range = currentRange()
  const rangeKey = JSON.stringify(range)
  const lastMoving = useRef<TimeRange>(undefined)
  if (range.kind !== 'span') lastMoving.current = range
  const placeholder = useMemo(() => new Machine(id), [id])
  const data = useMemo(
    () =>
      new MachineData(
        id,
        currentRange(),
        () => !store.status.peek().public,
        () => store.now(),
        () => store.paused.peek(),
        () => databaseIsAway(),
      ),
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
  const known = store.known.value
  useEffect(() => {
    // Whether there is history to ask for (a public page has none) is known with the first snapshot.
    const wait = known ? 0 : SNAPSHOT_WAIT_MILLIS
    const start = setTimeout(() => {
      data.remember(store.machines.get(id)?.sparks.samples(store.now()) ?? [])
      data.setRange(currentRange())
    }, wait)
    return () => clearTimeout(start)
  }, [rangeKey, data, known])
  useSignalEffect(() => {
    void seconds.value
    untracked(() => data.tick())
  })
  useSignalEffect(() => {
    if (!store.paused.value) untracked(() => data.repaint())
  })
  void store.status.value
  const databaseAway = databaseIsAway()
  const wasAway = useRef(false)
  useEffect(() => {
    if (known && wasAway.current && !databaseAway) data.expectLate()
    wasAway.current = databaseAway
  }, [known, databaseAway])
  useEffect(() => pageKeys(id), [id])

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
      {isPublic ? null : <CoverageDrawer />}
    </MachineContext.Provider>
  )
}

const rangeOf = (name: string): TimeRange => {
  const preset = PRESETS.find((p) => p.name === name)
  return { kind: 'last', name, millis: preset?.millis ?? FIVE_MINUTES.millis }
}

function Missing({ id }: { id: string }): JSX.Element {
  return (
    <main class="page" data-testid="machine-missing">
      <section class="empty">
        {isRemoving(id) ? (
          <>
            <h1>{id} was removed</h1>
            <p>An agent that sends under this name makes it appear anew.</p>
          </>
        ) : (
          <>
            <h1>No machine is called {id}</h1>
            <p>It may have been removed, or never reported here.</p>
          </>
        )}
        <Link to="/" class="button">
          Go to the fleet
        </Link>
      </section>
    </main>
  )
}

/** Escape goes back (coverage, zoom, then fleet); [ and ] go from machine to machine; c shows coverage. */
function pageKeys(id: string): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      event.defaultPrevented ||
      event.target instanceof HTMLInputElement
    )
      return
    const { before, after } = neighbours(id)
    if (event.key === '[' && before !== undefined) navigate(machinePath(before))
    else if (event.key === ']' && after !== undefined) navigate(machinePath(after))
    else if (event.key === 'c' && !store.status.value.public) showCoverage(!coverageOpen())
    else if (event.key === 'Escape' && coverageOpen()) showCoverage(false)
    else if (event.key === 'Escape' && location.value.query.has('from')) setQuery({ from: null, to: null }, 'push')
    else if (event.key === 'Escape') navigate('/')
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
