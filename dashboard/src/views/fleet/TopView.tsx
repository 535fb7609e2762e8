import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import '../../styles/top.css'
import type { FleetTop, Ranked, Totals } from '../../contract/types'
import { KEY } from '../../contract/keys'
import { coveredShare, type Question, QUESTIONS, questionOf, resetDayOf, scaleOf, SPANS, spanOf } from '../../model/ranking'
import { bytes, format, moment } from '../../model/units'
import { fetchFleetTop, fetchFleetTotals } from '../../net/rest'
import { location, machinePath, setQuery } from '../../router'
import { Link } from '../../ui/Link'

const SHOWN = 10
const RENEW_MILLIS = 60_000

type Answer<T> = { kind: 'loading' } | { kind: 'failed'; message: string } | { kind: 'ready'; value: T }

/** Asks at once, when the question changes, and every minute while in sight; an answer stays until the next one. */
function useAnswer<T>(question: string, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ kind: 'loading' })
  useEffect(() => {
    const request = new AbortController()
    const look = (): void => {
      if (document.hidden) return
      ask(request.signal).then(
        (value) => setAnswer({ kind: 'ready', value }),
        (failure: unknown) => {
          if (request.signal.aborted) return
          setAnswer({ kind: 'failed', message: failure instanceof Error ? failure.message : String(failure) })
        },
      )
    }
    look()
    const timer = setInterval(look, RENEW_MILLIS)
    return () => {
      clearInterval(timer)
      request.abort()
    }
  }, [question])
  return answer
}

/** The ten with most of one metric over a while, and who sent how much this month. */
export function TopView(): JSX.Element {
  const { query } = location.value
  const question = questionOf(query.get('top'))
  const span = spanOf(query.get('over'))
  return (
    <div class="top-view" data-testid="top-view">
      <Most question={question} span={span} />
      <Month resetDay={resetDayOf(query.get('reset'))} />
    </div>
  )
}

function Most({ question, span }: { question: Question; span: string }): JSX.Element {
  const answer = useAnswer<FleetTop>(`${question.name} ${span}`, (signal) =>
    fetchFleetTop({ metric: question.metric, from: `now-${span}`, n: String(SHOWN), by: 'avg' }, signal),
  )
  const machines = answer.kind === 'ready' ? answer.value.machines : []
  const scale = scaleOf(question, machines)
  return (
    <section class="panel" aria-label="Most over time">
      <header class="top-head">
        <label>
          Most{' '}
          <select
            value={question.name}
            data-testid="top-metric"
            onChange={(event) => setQuery({ top: event.currentTarget.value })}
          >
            {QUESTIONS.map((each) => (
              <option key={each.name} value={each.name}>
                {each.title}
              </option>
            ))}
          </select>
        </label>
        <div class="segments" role="group" aria-label="Range of time">
          {SPANS.map((each) => (
            <button
              key={each}
              type="button"
              class={each === span ? 'segment segment-here' : 'segment'}
              aria-pressed={each === span}
              onClick={() => setQuery({ over: each })}
            >
              {each}
            </button>
          ))}
        </div>
      </header>
      <Shown answer={answer} empty={machines.length === 0}>
        <ol class="top-list">
          {machines.map((each) => (
            <Row
              key={each.id}
              id={each.id}
              text={format(question.unit, each.value)}
              about={aboutOf(each, question, answer.kind === 'ready' ? answer.value.spanMillis : 0)}
              share={(each.value ?? 0) / scale}
              peak={(each.max ?? 0) / scale}
            />
          ))}
        </ol>
      </Shown>
    </section>
  )
}

const aboutOf = (each: Ranked, question: Question, spanMillis: number): string =>
  `mean; peak ${format(question.unit, each.max)}, ${coveredShare(each.coveredMillis, spanMillis)}`

function Month({ resetDay }: { resetDay: number }): JSX.Element {
  const answer = useAnswer<Totals>(`${resetDay}`, (signal) =>
    fetchFleetTotals(
      {
        metric: KEY.netTransmit,
        period: 'month',
        resetDay: String(resetDay),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
      signal,
    ),
  )
  const totals = answer.kind === 'ready' ? answer.value : undefined
  const machines = [...(totals?.machines ?? [])].sort((a, b) => (b.total ?? 0) - (a.total ?? 0)).slice(0, SHOWN)
  const most = machines[0]?.total ?? 0
  return (
    <section class="panel" aria-label="Sent this month">
      <header class="top-head">
        <span>
          Sent since {totals ? moment(totals.from) : '–'}: <b data-testid="month-total">{bytes(totals?.total)}</b>
        </span>
        <label>
          counted from day{' '}
          <select
            value={String(resetDay)}
            data-testid="month-reset"
            onChange={(event) => setQuery({ reset: event.currentTarget.value === '1' ? null : event.currentTarget.value })}
          >
            {Array.from({ length: 31 }, (_, i) => (
              <option key={i} value={String(i + 1)}>
                {i + 1}
              </option>
            ))}
          </select>
        </label>
      </header>
      <Shown answer={answer} empty={machines.length === 0}>
        <ol class="top-list">
          {machines.map((each) => (
            <Row
              key={each.id}
              id={each.id}
              text={bytes(each.total)}
              about={coveredShare(each.coveredMillis, totals?.spanMillis ?? 0)}
              share={most > 0 ? (each.total ?? 0) / most : 0}
            />
          ))}
        </ol>
      </Shown>
    </section>
  )
}

function Shown(props: { answer: Answer<unknown>; empty: boolean; children: ComponentChildren }): JSX.Element {
  const { answer, empty, children } = props
  if (answer.kind === 'loading') return <p class="panel-empty">Loading</p>
  if (answer.kind === 'failed') return <p class="panel-empty note-high">Cannot be shown: {answer.message}.</p>
  return empty ? <p class="panel-empty">Nothing was measured in this time.</p> : <>{children}</>
}

interface RowProps {
  id: string
  text: string
  about: string
  share: number
  peak?: number
}

function Row({ id, text, about, share, peak }: RowProps): JSX.Element {
  const percent = (value: number): string => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(1)}%`
  return (
    <li data-testid={`top-${id}`}>
      <div class="top-row">
        <Link to={machinePath(id)}>{id}</Link>
        <b>{text}</b>
      </div>
      <div class="top-bar" aria-hidden="true">
        {peak === undefined ? null : <i class="top-peak" style={{ width: percent(peak) }} />}
        <i style={{ width: percent(share) }} />
      </div>
      <div class="note top-about">{about}</div>
    </li>
  )
}
