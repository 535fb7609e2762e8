import { signal } from '@preact/signals'
import type { Alert } from '../contract/types'
import { mergeAlerts } from '../model/alerts'
import { fetchAlerts } from '../net/rest'
import { store } from './session'

export type Loading = { kind: 'idle' } | { kind: 'loading' } | { kind: 'failed'; message: string } | { kind: 'ready' }

const fetched = signal<Alert[]>([])
export const loading = signal<Loading>({ kind: 'idle' })

/** Asks for what was resolved lately: live frames tell only what is open and what changes from now on. */
export async function loadAlerts(): Promise<void> {
  loading.value = { kind: 'loading' }
  try {
    fetched.value = (await fetchAlerts()).alerts
    loading.value = { kind: 'ready' }
  } catch (failure) {
    loading.value = { kind: 'failed', message: failure instanceof Error ? failure.message : String(failure) }
  }
}

/** Known alerts: open ones by severity and age, then the rest, newest first. */
export function knownAlerts(): { open: Alert[]; recent: Alert[] } {
  return split(mergeAlerts(fetched.value, store.alerts.value))
}

const SEVERITY = { critical: 0, warning: 1, info: 2 }

export function split(alerts: Alert[]): { open: Alert[]; recent: Alert[] } {
  const open = alerts.filter((alert) => alert.state !== 'resolved')
  const recent = alerts.filter((alert) => alert.state === 'resolved')
  open.sort(
    (a, b) =>
      Number(a.state === 'pending') - Number(b.state === 'pending') ||
      SEVERITY[a.severity] - SEVERITY[b.severity] ||
      b.startedAt - a.startedAt,
  )
  recent.sort((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0))
  return { open, recent }
}
