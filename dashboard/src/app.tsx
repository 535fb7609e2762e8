import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { connection, store } from './live/session'
import { location } from './router'
import { ConnectionState } from './ui/Connection'
import { Icon, Mark } from './ui/icons'
import { Link } from './ui/Link'
import { nextTheme, theme } from './ui/theme'
import { AlertsBadge, AlertsDrawer, alertsOpen, showAlerts } from './views/alerts/AlertsDrawer'
import { FleetPage } from './views/fleet/FleetPage'

export function App(): JSX.Element {
  useEffect(globalKeys, [])
  const { route } = location.value
  const state = connection.value.kind
  const dimmed = store.known.value && (state === 'reconnecting' || state === 'connecting' || state === 'stale')
  return (
    <div class={dimmed ? 'app is-dimmed' : 'app'} data-connection={state}>
      <header class="bar">
        <Link to="/" class="brand" label="sysmonstm, fleet">
          <Mark />
          <span>sysmonstm</span>
        </Link>
        {route.page === 'machine' ? (
          <nav class="trail" aria-label="Where you are">
            <Link to="/" testId="to-fleet">
              Fleet
            </Link>
            <span aria-hidden="true">/</span>
            <span class="trail-here">{route.id}</span>
          </nav>
        ) : null}
        <span class="bar-space" />
        <ConnectionState />
        <AlertsBadge />
        <ThemeButton />
      </header>
      <Degraded />
      {route.page === 'fleet' ? <FleetPage /> : null}
      {route.page === 'machine' ? <MachineRoute key={route.id} id={route.id} /> : null}
      {route.page === 'unknown' ? <NoSuchPage /> : null}
      <AlertsDrawer />
    </div>
  )
}

type MachinePageComponent = ComponentType<{ id: string }>
let loadedPage: MachinePageComponent | undefined

/** The machine page brings the charts, which the fleet page does without: it is fetched when first needed. */
export async function loadMachinePage(): Promise<MachinePageComponent> {
  const { MachinePage } = await import('./views/machine/MachinePage')
  loadedPage = MachinePage
  return MachinePage
}

function MachineRoute({ id }: { id: string }): JSX.Element {
  const [page, setPage] = useState<{ Page: MachinePageComponent } | 'failed' | undefined>(
    loadedPage && { Page: loadedPage },
  )
  useEffect(() => {
    if (page === undefined)
      loadMachinePage().then(
        (Page) => setPage({ Page }),
        () => setPage('failed'),
      )
  }, [page])
  if (page === 'failed') {
    return (
      <main class="page">
        <section class="empty">
          <p>This page could not be loaded; the server may have been updated.</p>
          <button type="button" class="button" onClick={() => window.location.reload()}>
            Load again
          </button>
        </section>
      </main>
    )
  }
  return page ? (
    <page.Page id={id} />
  ) : (
    <main class="page" aria-busy="true">
      <p class="waiting">Loading</p>
    </main>
  )
}

function NoSuchPage(): JSX.Element {
  return (
    <main class="page">
      <section class="empty">
        <h1>There is no such page</h1>
        <p>
          <Link to="/">Go to the fleet</Link>
        </p>
      </section>
    </main>
  )
}

const THEME_TITLE = { system: 'as the system has it', light: 'light', dark: 'dark' } as const

function ThemeButton(): JSX.Element {
  const now = theme.value
  const title = `Appearance: ${THEME_TITLE[now]}`
  return (
    <button
      type="button"
      class="button quiet"
      data-testid="theme"
      data-theme-choice={now}
      title={title}
      aria-label={title}
      onClick={nextTheme}
    >
      <Icon name={now} />
    </button>
  )
}

const PART: Record<string, string> = {
  database: 'The database is away: history stands still and closes up when it returns. Live values go on.',
  redis: 'Redis is away: what you see is the last it knew.',
  'alert history': 'Alerts that begin or end wait to be written to the database. People are told all the same.',
  alerts: 'The alert service is away: nobody is notified.',
}

/** Parts of the server that do not work now, each in one sentence. */
function Degraded(): JSX.Element | null {
  const { degraded } = store.status.value
  if (degraded.length === 0) return null
  return (
    <div class="banner" role="status" data-testid="degraded">
      {degraded.map((part) => (
        <p key={part}>{PART[part] ?? `Degraded: ${part}.`}</p>
      ))}
    </div>
  )
}

/** Keys that work on every page; a page adds its own. */
function globalKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target instanceof HTMLInputElement) return
    if (event.key === 'Escape' && alertsOpen()) showAlerts(false)
    else if (event.key === 'a' && !store.status.value.public) showAlerts(!alertsOpen())
    else if (event.key === 'p') store.pause(!store.paused.value)
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
