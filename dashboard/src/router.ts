import { signal } from '@preact/signals'

/**
 * Pages of the dashboard: `/` and `/machines/{id}` (and `/alerts`, another name for `/?alerts=open`); everything else
 * about a page stands in the query.
 */
export type Route = { page: 'fleet' } | { page: 'machine'; id: string } | { page: 'unknown' }

export interface Location {
  route: Route
  query: URLSearchParams
}

export function routeOf(path: string): Route {
  if (path === '/' || path === '/index.html' || path === '/alerts') return { page: 'fleet' }
  const match = /^\/machines\/([^/]+)\/?$/.exec(path)
  if (!match) return { page: 'unknown' }
  try {
    return { page: 'machine', id: decodeURIComponent(match[1] ?? '') }
  } catch {
    return { page: 'unknown' }
  }
}

export const machinePath = (id: string): string => `/machines/${encodeURIComponent(id)}`

const read = (): Location => ({
  route: routeOf(window.location.pathname),
  query: new URLSearchParams(window.location.search),
})

export const location = signal<Location>({ route: { page: 'fleet' }, query: new URLSearchParams() })

export function startRouter(): void {
  if (window.location.pathname === '/alerts') window.history.replaceState(null, '', '/?alerts=open')
  location.value = read()
  window.addEventListener('popstate', () => {
    location.value = read()
  })
}

export function navigate(path: string): void {
  if (path === window.location.pathname + window.location.search) return
  window.history.pushState(null, '', path)
  location.value = read()
  window.scrollTo(0, 0)
}

/** Changes query parameters of this page; null takes one away. */
export function setQuery(changes: Record<string, string | null>, how: 'push' | 'replace' = 'replace'): void {
  const query = new URLSearchParams(window.location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  const path = window.location.pathname + (text ? `?${text}` : '')
  if (path === window.location.pathname + window.location.search) return
  if (how === 'push') window.history.pushState(null, '', path)
  else window.history.replaceState(null, '', path)
  location.value = read()
}
