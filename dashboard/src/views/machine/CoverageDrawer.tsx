import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { CoverageReport, CoverageRun, Gap, MachineEvent } from '../../contract/types'
import { gapText } from '../../charts/cursor'
import { coveredText, eventText, grouped, lengthOf, missingText, newestFirst, placeOf, samplesOf } from '../../model/coverage'
import { counted, duration, moment } from '../../model/units'
import { fetchCoverage } from '../../net/rest'
import { location, setQuery } from '../../router'
import { Icon } from '../../ui/icons'
import { useMachine } from './context'

const PARAMETER = 'coverage'
/** More than a person reads at once. */
const MOST_SHOWN = 50

export const coverageOpen = (): boolean => location.value.query.has(PARAMETER)
export const showCoverage = (open: boolean): void => setQuery(open ? { [PARAMETER]: 'open', alerts: null } : { [PARAMETER]: null })

type Answer = { kind: 'loading' } | { kind: 'failed'; message: string } | { kind: 'ready'; report: CoverageReport }

/** Runs of the agent and what happened to it in the range shown: why something is missing. */
export function CoverageDrawer(): JSX.Element | null {
  return coverageOpen() ? <Drawer /> : null
}

function Drawer(): JSX.Element {
  const { machine, data } = useMachine()
  const [answer, setAnswer] = useState<Answer>({ kind: 'loading' })
  const coverage = data.coverage.value
  // Asked again whenever the sentence on the page changes, so that both say the same.
  const asked = `${data.range.kind} ${coverage?.stored ?? ''} ${coverage?.missing ?? ''}`
  useEffect(() => {
    const request = new AbortController()
    fetchCoverage(machine.id, data.from, data.to, request.signal).then(
      (report) => setAnswer({ kind: 'ready', report }),
      (failure: unknown) => {
        if (request.signal.aborted) return
        setAnswer({ kind: 'failed', message: failure instanceof Error ? failure.message : String(failure) })
      },
    )
    return () => request.abort()
  }, [machine.id, asked])
  return (
    <aside class="drawer" aria-label="Coverage" data-testid="coverage-drawer">
      <header class="drawer-head">
        <h2>Coverage</h2>
        <button type="button" class="button quiet" aria-label="Close coverage" onClick={() => showCoverage(false)}>
          <Icon name="close" />
        </button>
      </header>
      {answer.kind === 'loading' ? <p class="note">Loading</p> : null}
      {answer.kind === 'failed' ? <p class="note note-high">Cannot be shown: {answer.message}.</p> : null}
      {answer.kind === 'ready' ? <Report report={answer.report} from={data.from} to={data.to} gaps={data.gaps} /> : null}
    </aside>
  )
}

interface ReportProps {
  report: CoverageReport
  from: number
  to: number
  gaps: readonly Gap[]
}

function Report({ report, from, to, gaps }: ReportProps): JSX.Element {
  const runs = newestFirst(report.runs)
  const events = [...report.events].sort((a, b) => b.time - a.time)
  return (
    <>
      <p class="note">
        {moment(from)} to {moment(to)}
      </p>
      <p class={report.missing > 0 ? 'coverage-missing is-high' : 'coverage-missing'}>{missingText(report)}</p>
      <p>{coveredText(report)}</p>
      <Strip runs={runs} from={Math.max(from, to - report.spanMillis)} to={to} />
      <h3>Gaps</h3>
      {gaps.length === 0 ? <p class="note">None.</p> : null}
      <ul class="coverage-list">
        {gaps
          .slice(-MOST_SHOWN)
          .reverse()
          .map((gap) => (
            <li key={gap.from}>{gapText(gap)}</li>
          ))}
      </ul>
      <h3>Runs of the agent</h3>
      {runs.length === 0 ? <p class="note">None.</p> : null}
      <ul class="coverage-list">
        {runs.slice(0, MOST_SHOWN).map((run) => (
          <RunRow key={run.run} run={run} />
        ))}
      </ul>
      <h3>Events</h3>
      {events.length === 0 ? <p class="note">None.</p> : null}
      <ul class="coverage-list">
        {events.slice(0, MOST_SHOWN).map((event) => (
          <EventRow key={`${event.time} ${event.kind}`} event={event} />
        ))}
      </ul>
      <More hidden={Math.max(runs.length, events.length, gaps.length) - MOST_SHOWN} />
    </>
  )
}

/** Where runs lie in the range since the machine is known: what is not inked was not measured. */
function Strip({ runs, from, to }: { runs: readonly CoverageRun[]; from: number; to: number }): JSX.Element {
  return (
    <div class="coverage-strip" aria-hidden="true">
      {runs.map((run) => {
        const place = placeOf(run, from, to)
        return place ? (
          <i
            key={run.run}
            class={run.missing > 0 ? 'is-high' : ''}
            style={{ left: `${(place.left * 100).toFixed(2)}%`, width: `max(1px, ${(place.width * 100).toFixed(2)}%)` }}
          />
        ) : null
      })}
    </div>
  )
}

function RunRow({ run }: { run: CoverageRun }): JSX.Element {
  return (
    <li data-testid={`coverage-run-${run.run}`}>
      <div class="coverage-row">
        <span>
          {moment(run.from, true)} to {moment(run.to, true)}
        </span>
        <span class={run.missing > 0 ? 'note-high' : 'note'}>{grouped(run.missing)} missing</span>
      </div>
      <div class="note coverage-row">
        <code title={`Run ${run.run}`}>{run.run.slice(0, 8)}</code>
        <span>
          {grouped(run.stored)} stored, numbers {grouped(run.first)} to {grouped(run.last)}
        </span>
      </div>
    </li>
  )
}

function EventRow({ event }: { event: MachineEvent }): JSX.Element {
  const samples = samplesOf(event)
  const long = lengthOf(event)
  const facts = [
    long === undefined ? '' : `for ${duration(long / 1000)}`,
    samples > 0 ? counted(samples, 'sample') : '',
    event.detail ?? '',
  ].filter(Boolean)
  return (
    <li>
      <div class="coverage-row">
        <span>{eventText(event)}</span>
        <span class="note">{moment(event.time, true)}</span>
      </div>
      {facts.length > 0 ? <div class="note">{facts.join(', ')}</div> : null}
    </li>
  )
}

function More({ hidden }: { hidden: number }): JSX.Element | null {
  return hidden > 0 ? <p class="note">The newest {MOST_SHOWN} of each are shown; choose a shorter range for others.</p> : null
}
