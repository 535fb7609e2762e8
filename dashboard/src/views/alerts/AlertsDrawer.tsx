import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Alert } from '../../contract/types'
import { knownAlerts, loadAlerts, loading } from '../../live/alert-list'
import { seconds, store } from '../../live/session'
import { counted, duration, moment } from '../../model/units'
import { location, machinePath, setQuery } from '../../router'
import { Icon } from '../../ui/icons'
import { Link } from '../../ui/Link'

const PARAMETER = 'alerts'

export const alertsOpen = (): boolean => location.value.query.has(PARAMETER)
export const showAlerts = (open: boolean): void =>
  setQuery(open ? { [PARAMETER]: 'open', coverage: null } : { [PARAMETER]: null })

export function AlertsBadge(): JSX.Element | null {
  if (store.status.value.public) return null
  const firing = store.firing.value
  const worst = firing.some((alert) => alert.severity === 'critical') ? 'critical' : firing.length > 0 ? 'high' : 'none'
  const text = firing.length === 0 ? 'No alerts firing' : `${counted(firing.length, 'alert')} firing`
  return (
    <button
      type="button"
      class={`button badge badge-${worst}`}
      data-testid="alerts-badge"
      data-count={firing.length}
      aria-expanded={alertsOpen()}
      aria-label={text}
      title={`${text} (A)`}
      onClick={() => showAlerts(!alertsOpen())}
    >
      <Icon name="alert" />
      <span class="badge-count">{firing.length}</span>
    </button>
  )
}

export function AlertsDrawer(): JSX.Element | null {
  const open = alertsOpen() && !store.status.value.public
  useEffect(() => {
    if (open) void loadAlerts()
  }, [open])
  if (!open) return null
  const { open: current, recent } = knownAlerts()
  const state = loading.value
  return (
    <aside class="drawer" aria-label="Alerts" data-testid="alerts-drawer">
      <header class="drawer-head">
        <h2>Alerts</h2>
        <button type="button" class="button quiet" aria-label="Close alerts" onClick={() => showAlerts(false)}>
          <Icon name="close" />
        </button>
      </header>
      {state.kind === 'failed' ? <p class="note note-high">Earlier alerts cannot be shown: {state.message}.</p> : null}
      <h3>Open</h3>
      {current.length === 0 ? <p class="note">Nothing is wrong, as far as the rules can tell.</p> : null}
      <ul class="alerts">
        {current.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
      <h3>Resolved in the last 24 hours</h3>
      {recent.length === 0 ? <p class="note">{state.kind === 'loading' ? 'Loading' : 'None.'}</p> : null}
      <ul class="alerts">
        {recent.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
    </aside>
  )
}

const MARK: Record<Alert['severity'], string> = { critical: 'critical', warning: 'high', info: 'info' }

export function AlertRow({ alert, named = true }: { alert: Alert; named?: boolean }): JSX.Element {
  const since = alert.firedAt ?? alert.startedAt
  const until = alert.resolvedAt ?? Math.max(since, seconds.value)
  return (
    <li class={`alert alert-${alert.state} alert-${MARK[alert.severity]}`} data-testid={`alert-${alert.id}`}>
      <div class="alert-title">
        <strong>{alert.rule}</strong>
        <span class="alert-state">{alert.state === 'resolved' ? 'resolved' : `${alert.severity}, ${alert.state}`}</span>
      </div>
      <div class="alert-text">{alert.message ?? alert.series ?? ''}</div>
      <div class="alert-meta">
        {named && alert.machine !== '*' ? <Link to={machinePath(alert.machine)}>{alert.machine}</Link> : null}
        <span>
          {alert.state === 'resolved'
            ? `${moment(since)}, for ${duration((until - since) / 1000)}`
            : `for ${duration((until - since) / 1000)}`}
        </span>
        {alert.state === 'resolved' && alert.reason ? <span>{alert.reason}</span> : null}
      </div>
    </li>
  )
}
