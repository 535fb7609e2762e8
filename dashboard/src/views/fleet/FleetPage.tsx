import type { ComponentType, JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { MachineState } from '../../contract/types'
import { connection, store, watchFleet } from '../../live/session'
import { bytes, bytesPerSecond, counted, share } from '../../model/units'
import { location, setQuery } from '../../router'
import { Icon } from '../../ui/icons'
import { AddMachineDialog, AddMachineSteps } from './AddMachine'
import { FleetMap } from './FleetMap'
import { FleetTable } from './FleetTable'
import { counts, filterState, filterText, fleetTotals, rows, showState } from './list'

const MAP_FROM_MACHINES = 12
/** What the top ten begin with. */
const QUESTION = 'cpu'

export function FleetPage(): JSX.Element {
  const [adding, setAdding] = useState(false)
  useEffect(() => {
    watchFleet()
    document.title = 'Fleet · sysmonstm'
  }, [])
  const { all } = counts.value
  if (!store.fleetKnown.value) return <Waiting />
  if (all === 0) return <Empty />
  const top = location.value.query.has('top') && !store.status.value.public
  return (
    <main class="page fleet" data-testid="fleet-page">
      <Summary />
      {all >= MAP_FROM_MACHINES ? <FleetMap /> : null}
      <div class="tools">
        {top ? null : (
          <>
            <Filter />
            <StateFilter />
          </>
        )}
        {store.status.value.public ? null : <ViewChoice top={top} />}
        {store.status.value.public ? null : (
          <button type="button" class="button" data-testid="add-machine" onClick={() => setAdding(true)}>
            <Icon name="add" />
            <span class="wide">Add machine</span>
          </button>
        )}
      </div>
      {top ? <TopPart /> : rows.value.length > 0 ? <FleetTable /> : <NothingFound />}
      {adding ? <AddMachineDialog onClose={() => setAdding(false)} /> : null}
    </main>
  )
}

function ViewChoice({ top }: { top: boolean }): JSX.Element {
  const choices: [boolean, string, string][] = [
    [false, 'Machines', 'view-machines'],
    [true, 'Top 10', 'view-top'],
  ]
  return (
    <div class="segments" role="group" aria-label="View">
      {choices.map(([which, title, testId]) => (
        <button
          key={title}
          type="button"
          class={top === which ? 'segment segment-here' : 'segment'}
          aria-pressed={top === which}
          data-testid={testId}
          onClick={() => setQuery({ top: which ? QUESTION : null, over: null, reset: null }, 'push')}
        >
          {title}
        </button>
      ))}
    </div>
  )
}

/** Fetched when first needed, as the machine page is. */
function TopPart(): JSX.Element {
  const [part, setPart] = useState<{ View: ComponentType } | 'failed'>()
  useEffect(() => {
    import('./TopView').then(
      ({ TopView }) => setPart({ View: TopView }),
      () => setPart('failed'),
    )
  }, [])
  if (part === 'failed') return <p class="waiting">This part could not be loaded: load the page again.</p>
  return part ? <part.View /> : <p class="waiting">Loading</p>
}

function Waiting(): JSX.Element {
  const offline = connection.value.kind === 'reconnecting'
  return (
    <main class="page" data-testid="fleet-waiting" aria-busy="true">
      <p class="waiting">
        {offline ? 'The server does not answer. This page tries again by itself.' : 'Waiting for the first values'}
      </p>
      <div class="skeleton" aria-hidden="true">
        {Array.from({ length: 8 }, (_, i) => (
          <div key={i} />
        ))}
      </div>
    </main>
  )
}

function Empty(): JSX.Element {
  return (
    <main class="page" data-testid="fleet-empty">
      <section class="empty">
        <h1>No machine has reported yet</h1>
        {store.status.value.public ? <p>Machines appear here as soon as the feed brings them.</p> : <AddMachineSteps />}
      </section>
    </main>
  )
}

function NothingFound(): JSX.Element {
  return (
    <section class="empty" data-testid="fleet-nothing">
      <p>
        No machine matches{filterText.value ? <> “{filterText.value}”</> : null}
        {filterState.value ? <> among those that are {filterState.value}</> : null}.
      </p>
      <button type="button" class="button" onClick={() => setQuery({ filter: null, state: null })}>
        Show all
      </button>
    </section>
  )
}

function Summary(): JSX.Element {
  const totals = fleetTotals.value
  const { up, stale, down } = counts.value
  const firing = store.firing.value.length
  return (
    <dl class="summary" data-testid="fleet-summary">
      <div>
        <dt>Machines up</dt>
        <dd data-testid="count-up">{up}</dd>
      </div>
      <div class={stale > 0 ? 'is-high' : ''}>
        <dt>Stale</dt>
        <dd data-testid="count-stale">{stale}</dd>
      </div>
      <div class={down > 0 ? 'is-critical' : ''}>
        <dt>Down</dt>
        <dd data-testid="count-down">{down}</dd>
      </div>
      {store.status.value.public ? null : (
        <div class={firing > 0 ? 'is-critical' : ''}>
          <dt>Alerts firing</dt>
          <dd data-testid="count-firing">{firing}</dd>
        </div>
      )}
      <div class="summary-wide">
        <dt>CPU{totals.cores > 0 ? ` of ${counted(totals.cores, 'core')}` : ''}</dt>
        <dd>{share(totals.cpu)}</dd>
      </div>
      {store.status.value.public && totals.memoryLimit === undefined ? null : (
        <div class="summary-wide">
          <dt>Memory{totals.memoryLimit === undefined ? '' : ` of ${bytes(totals.memoryLimit)}`}</dt>
          <dd>{bytes(totals.memoryUsed)}</dd>
        </div>
      )}
      <div class="summary-wide">
        <dt>Received</dt>
        <dd>{bytesPerSecond(totals.receive)}</dd>
      </div>
      <div class="summary-wide">
        <dt>Sent</dt>
        <dd>{bytesPerSecond(totals.transmit)}</dd>
      </div>
    </dl>
  )
}

function Filter(): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <label class="filter">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={filterText.value}
        placeholder={store.status.value.public ? 'Filter by name' : 'Filter by name, system or label=value'}
        aria-label="Filter machines"
        data-testid="fleet-filter"
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => setQuery({ filter: event.currentTarget.value || null })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (filterText.value) setQuery({ filter: null })
          else input.current?.blur()
          event.stopPropagation()
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  )
}

const CHOICES: [MachineState | undefined, string][] = [
  [undefined, 'All'],
  ['up', 'Up'],
  ['stale', 'Stale'],
  ['down', 'Down'],
]

function StateFilter(): JSX.Element {
  const here = filterState.value
  const number = counts.value
  return (
    <div class="segments" role="group" aria-label="Filter by state">
      {CHOICES.map(([state, title]) => (
        <button
          key={title}
          type="button"
          class={here === state ? 'segment segment-here' : 'segment'}
          aria-pressed={here === state}
          data-testid={`state-${state ?? 'all'}`}
          onClick={() => showState(state)}
        >
          {title} <span class="segment-count">{state === undefined ? number.all : number[state]}</span>
        </button>
      ))}
    </div>
  )
}
