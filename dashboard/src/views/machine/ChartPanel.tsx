import { useSignalEffect } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { cursorTime, gapAt, gapText } from '../../charts/cursor'
import { LineChart } from '../../charts/line-chart'
import type { ChartSpec, Line } from '../../charts/spec'
import { indexAt } from '../../model/timeline'
import { format } from '../../model/units'
import { colourVariable } from '../../ui/colours'
import { appearance } from '../../ui/theme'
import { useMachine } from './context'

export interface Painter {
  update(
    timeline: ReturnType<ReturnType<typeof useMachine>['data']['timeline']>,
    from: number,
    to: number,
    gaps: readonly { from: number; to: number; reason: string }[],
  ): void
  repaint(): void
  moveCursor(pixels: number | undefined): void
  destroy(): void
}

interface CanvasProps {
  id: string
  label: string
  group: ChartSpec['group']
  make: (host: HTMLElement) => Painter
}

const KEYS: Record<string, number> = { ArrowLeft: -8, ArrowRight: 8, PageUp: -80, PageDown: 80 }

/** A chart in the page: painted when data comes, but only while it is in sight. */
export function ChartCanvas({ id, label, group, make }: CanvasProps): JSX.Element {
  const { data } = useMachine()
  const host = useRef<HTMLDivElement>(null)
  const painter = useRef<Painter>(undefined)
  const visible = useRef(true)

  const paint = (): void => {
    if (visible.current) painter.current?.update(data.timeline(group), data.from, data.to, data.gaps)
  }
  useLayoutEffect(() => {
    const element = host.current
    if (!element) return
    const made = make(element)
    painter.current = made
    paint()
    const observer = new IntersectionObserver(
      (entries) => {
        visible.current = entries.at(-1)?.isIntersecting ?? true
        paint()
      },
      { rootMargin: '120px' },
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [])
  useSignalEffect(() => {
    void data.version.value
    paint()
  })
  useSignalEffect(() => {
    void appearance.value
    painter.current?.repaint()
  })
  return (
    <div
      ref={host}
      class="chart"
      role="img"
      tabIndex={0}
      aria-label={label}
      data-testid={`chart-${id}`}
      onKeyDown={(event) => {
        const pixels = KEYS[event.key]
        if (pixels !== undefined) painter.current?.moveCursor(pixels)
        else return
        event.preventDefault()
      }}
      onBlur={() => painter.current?.moveCursor(undefined)}
    />
  )
}

interface ChartPanelProps {
  spec: ChartSpec
  /** What stands beside the title: 8 threads, of 16 GiB. */
  context?: string | undefined
  /** The figure that stands for the whole panel now. */
  figure?: { text: string; testId: string; value?: number | undefined } | undefined
  children?: ComponentChildren
  class?: string
}

export function ChartPanel({ spec, context, figure, children, class: name }: ChartPanelProps): JSX.Element {
  const { zoom, unzoom } = useMachine()
  return (
    <section class={name ? `panel ${name}` : 'panel'} data-testid={`panel-${spec.id}`}>
      <PanelHead title={spec.title} about={spec.about} context={context} figure={figure} />
      <Legend spec={spec} />
      <ChartCanvas
        id={spec.id}
        label={`${spec.title} over time. Arrow keys move the cursor.`}
        group={spec.group}
        make={(host) => new LineChart(host, spec, zoom, unzoom)}
      />
      {children}
    </section>
  )
}

interface PanelHeadProps {
  title: string
  about?: string
  context?: string | undefined
  figure?: ChartPanelProps['figure']
}

export function PanelHead({ title, about, context, figure }: PanelHeadProps): JSX.Element {
  return (
    <header class="panel-head">
      <h2 title={about}>{title}</h2>
      {context ? <span class="panel-context">{context}</span> : null}
      {figure ? (
        <span class="panel-figure" data-testid={figure.testId} data-value={figure.value}>
          {figure.text}
        </span>
      ) : null}
    </header>
  )
}

/** Names and values of the lines: at the cursor where there is one, otherwise now; inside a gap the reason for it. */
export function Legend({ spec }: { spec: Pick<ChartSpec, 'group' | 'lines' | 'unit' | 'peak' | 'id'> }): JSX.Element {
  const { machine, data } = useMachine()
  void machine.version.value
  void data.version.value
  const timeline = data.timeline(spec.group)
  const time = cursorTime.value
  const at = time === undefined || !timeline ? -1 : indexAt(timeline, time)
  const gap = time === undefined ? undefined : gapAt(data.gaps, time)
  // Also near its edges, where the cursor still reaches for the sample beside it.
  if (gap)
    return (
      <p class="legend legend-gap" data-testid={`legend-${spec.id}`}>
        {gapText(gap)}
      </p>
    )
  const value = (line: Line, which: 'avg' | 'max' = 'avg'): number | null | undefined => {
    if (time === undefined) return machine.value(line.key)
    return at < 0 ? undefined : timeline?.columns.get(line.key)?.[which][at]
  }
  const peak = spec.peak && timeline && timeline.isAggregated && time !== undefined ? spec.peak : undefined
  return (
    <ul class="legend" data-testid={`legend-${spec.id}`}>
      {spec.lines.map((line) => (
        <li key={line.key}>
          <i style={{ background: colourVariable(line.colour) }} />
          {line.label} <b>{format(spec.unit, value(line))}</b>
        </li>
      ))}
      {peak ? (
        <li>
          <i class="legend-peak" />
          {peak.label} <b>{format(spec.unit, value(peak, 'max'))}</b>
        </li>
      ) : null}
    </ul>
  )
}
