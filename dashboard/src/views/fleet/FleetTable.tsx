import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SortName } from '../../model/fleet'
import { windowRows } from '../../model/window-rows'
import { FleetRow } from './FleetRow'
import { rows, shortTable, sort, sortBy } from './list'

interface Heading {
  name: SortName
  title: string
  long: string
}

const HEADINGS: Heading[] = [
  { name: 'name', title: 'Machine', long: 'Machine' },
  { name: 'cpu', title: 'CPU', long: 'Share of processor time in use' },
  { name: 'memory', title: 'Memory', long: 'Share of memory in use' },
  { name: 'load', title: 'Load', long: 'Load average of one minute' },
  { name: 'pressure', title: 'Pressure', long: 'Share of time in which tasks waited for a CPU' },
  { name: 'filesystem', title: 'Disk full', long: 'Fullest file system' },
  { name: 'disk', title: 'Disk I/O', long: 'Bytes read and written' },
  { name: 'network', title: 'Network', long: 'Bytes received and sent' },
  { name: 'processes', title: 'Procs', long: 'Processes' },
  { name: 'uptime', title: 'Uptime', long: 'Time since boot' },
]

/** Heights of .row in styles/fleet.css: a line of the table, or a card on a narrow page. */
const NARROW = window.matchMedia('(max-width: 860px)')
const rowHeight = (): number => (NARROW.matches ? 118 : 50)

export function FleetTable(): JSX.Element {
  const body = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: window.innerHeight, rowHeight: rowHeight() })
  const list = rows.value
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = body.current?.getBoundingClientRect().top ?? 0
      setView((v) =>
        v.top === top && v.height === window.innerHeight && v.rowHeight === rowHeight()
          ? v
          : { top, height: window.innerHeight, rowHeight: rowHeight() },
      )
    }
    measure()
    window.addEventListener('scroll', measure, { passive: true })
    window.addEventListener('resize', measure)
    return () => {
      window.removeEventListener('scroll', measure)
      window.removeEventListener('resize', measure)
    }
  }, [])
  useEffect(() => arrowKeys(body), [])
  const shown = windowRows(list.length, view.rowHeight, view.top, view.height)
  const by = sort.value
  const short = shortTable.value
  return (
    <div class={short ? 'table table-short' : 'table'} role="table" aria-label="Machines" aria-rowcount={list.length + 1} data-testid="fleet-table">
      <div class="table-head" role="row" aria-rowindex={1}>
        {HEADINGS.map(({ name, title, long }) => {
          if (short && (name === 'processes' || name === 'uptime')) return null
          const here = by.name === name
          return (
            <div
              key={name}
              class={`cell cell-${name}`}
              role="columnheader"
              aria-sort={here ? (by.descending ? 'descending' : 'ascending') : 'none'}
            >
              <button
                type="button"
                class={here ? 'heading heading-here' : 'heading'}
                title={long}
                data-testid={`sort-${name}`}
                onClick={() => sortBy(name)}
              >
                {title}
                <span class="heading-way" aria-hidden="true">
                  {here ? (by.descending ? '▾' : '▴') : ''}
                </span>
              </button>
            </div>
          )
        })}
      </div>
      <div class="table-body" role="rowgroup" ref={body} style={{ height: `${list.length * view.rowHeight}px` }}>
        {list.slice(shown.first, shown.end).map((machine, i) => (
          <FleetRow
            key={machine.id}
            machine={machine}
            index={shown.first + i}
            top={(shown.first + i) * view.rowHeight}
          />
        ))}
      </div>
    </div>
  )
}

/** Up and down go from row to row; the first press enters the list. */
function arrowKeys(body: { current: HTMLDivElement | null }): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || event.metaKey || event.ctrlKey || event.altKey) return
    const active = document.activeElement
    const typing = active instanceof HTMLInputElement
    if (document.querySelector('dialog[open]') || (typing && event.key === 'ArrowUp')) return
    const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>('.row .name') ?? [])]
    const byPosition = links.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
    const at = byPosition.findIndex((link) => link === active)
    const firstVisible = byPosition.findIndex((link) => link.getBoundingClientRect().top > 100)
    const next = byPosition[at < 0 ? Math.max(0, firstVisible) : at + (event.key === 'ArrowDown' ? 1 : -1)]
    if (!next) return
    event.preventDefault()
    next.focus({ preventScroll: true })
    next.closest('.row')?.scrollIntoView({ block: 'nearest' })
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
