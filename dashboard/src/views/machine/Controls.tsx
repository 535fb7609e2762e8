import type { JSX } from 'preact'
import { store } from '../../live/session'
import { coverageText } from '../../model/coverage'
import { PRESETS, queryOfRange, type TimeRange } from '../../model/time-range'
import { clock, duration, moment } from '../../model/units'
import { setQuery } from '../../router'
import { Icon } from '../../ui/icons'
import { useMachine } from './context'
import { coverageOpen, showCoverage } from './CoverageDrawer'

const TIER: Record<string, string> = { raw: 'from samples', '1m': 'by minute', '1h': 'by hour' }
/** Without history the page shows what it remembers itself. */
const PUBLIC_PRESET = '5m'

/** Range, resolution and pause: sticks below the bar while the page scrolls. */
export function Controls({ range }: { range: TimeRange }): JSX.Element {
  const { data, unzoom } = useMachine()
  const isPublic = store.status.value.public
  const paused = store.paused.value
  const presets = isPublic ? PRESETS.filter((preset) => preset.name === PUBLIC_PRESET) : PRESETS
  return (
    <div class="controls">
      <div class="segments" role="group" aria-label="Range of time">
        {presets.map((preset) => {
          const here = range.kind === 'last' && (range.name === preset.name || isPublic)
          return (
            <button
              key={preset.name}
              type="button"
              class={here ? 'segment segment-here' : 'segment'}
              aria-pressed={here}
              title={preset.title}
              data-testid={`range-${preset.name}`}
              onClick={() => setQuery(queryOfRange({ kind: 'last', name: preset.name, millis: preset.millis }), 'push')}
            >
              {preset.name}
            </button>
          )
        })}
        {isPublic ? null : (
          <button
            type="button"
            class={range.kind === 'all' ? 'segment segment-here' : 'segment'}
            aria-pressed={range.kind === 'all'}
            title="since this machine was first seen"
            data-testid="range-all"
            onClick={() => setQuery(queryOfRange({ kind: 'all' }), 'push')}
          >
            all
          </button>
        )}
      </div>
      {range.kind === 'span' ? (
        <button
          type="button"
          class="button span"
          data-testid="range-span"
          title="Back to the moving range (double click in a chart)"
          onClick={unzoom}
        >
          {spanText(range.from, range.to)}
          <Icon name="close" />
        </button>
      ) : (
        <button
          type="button"
          class="button"
          data-testid="pause"
          aria-pressed={paused}
          title={paused ? 'Go on (P)' : 'Hold the page still (P)'}
          onClick={() => store.pause(!paused)}
        >
          <Icon name={paused ? 'play' : 'pause'} />
          <span class="wide">{paused ? 'Go on' : 'Pause'}</span>
        </button>
      )}
      <Resolution data={data} />
      {isPublic ? null : <CoverageLine data={data} />}
    </div>
  )
}

/** How much of what the agent issued is there; more about it behind it. */
function CoverageLine({ data }: Pick<ReturnType<typeof useMachine>, 'data'>): JSX.Element | null {
  const coverage = data.coverage.value
  if (!coverage) return null
  const open = coverageOpen()
  return (
    <button
      type="button"
      class={coverage.missing > 0 ? 'inline coverage is-high' : 'inline coverage'}
      data-testid="coverage"
      data-missing={coverage.missing}
      data-filling={data.filling.value}
      aria-expanded={open}
      title="Runs, events and gaps of this range (C)"
      onClick={() => showCoverage(!open)}
    >
      {coverageText(coverage)}
      {data.filling.value ? ', filling in' : ''}
    </button>
  )
}

function spanText(from: number, to: number): string {
  const oneDay = new Date(from).toDateString() === new Date(to).toDateString()
  return oneDay ? `${moment(from, true)} – ${clock(to)}` : `${moment(from)} – ${moment(to)}`
}

function Resolution({ data }: Pick<ReturnType<typeof useMachine>, 'data'>): JSX.Element {
  const state = data.loading.value
  const resolution = data.resolution.value
  if (state.kind === 'failed') {
    return (
      <span class="resolution note-high" role="status" data-testid="history-state">
        {resolution ? 'History stands still' : 'No history'}: {state.message}.{' '}
        <button type="button" class="inline" onClick={() => void data.load()}>
          Try again
        </button>
      </span>
    )
  }
  const text =
    state.kind === 'loading'
      ? 'Loading history'
      : resolution
        ? `one point per ${duration(resolution.stepMillis / 1000)}, ${TIER[resolution.tier] ?? resolution.tier}`
        : 'live values of this page only'
  return (
    <span class="resolution" data-testid="history-state" data-state={state.kind}>
      {text}
    </span>
  )
}
