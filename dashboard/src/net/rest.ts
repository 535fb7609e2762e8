import type { Alert, CoverageReport, FleetTop, History, Inventory, Totals } from '../contract/types'

/** A refused or failed request, in words for a person. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  constructor(
    message: string,
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
  ) {
    super(message)
  }
}

async function get<T>(path: string, signal?: AbortSignal, method = 'GET'): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { method, headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) })
  } catch (failure) {
    if (signal?.aborted) throw failure
    throw new RequestFailed('the server does not answer', 0)
  }
  if (!response.ok) throw new RequestFailed(await problemOf(response), response.status)
  try {
    return (await response.json()) as T
  } catch {
    throw new RequestFailed('the answer is not JSON', response.status)
  }
}

/** The detail of an RFC 9457 problem document, or the status where there is none. */
async function problemOf(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { title?: unknown; detail?: unknown }
    if (typeof problem.detail === 'string') return problem.detail
    if (typeof problem.title === 'string') return problem.title
  } catch {
    // Not every proxy answers with a problem document; the status below says enough.
  }
  return `the server answered ${response.status}`
}

export interface HistoryQuery {
  metrics: readonly string[]
  from: number
  to: number
  points: number
}

export const fetchHistory = (machine: string, query: HistoryQuery, signal?: AbortSignal): Promise<History> => {
  const parameters = new URLSearchParams({
    metrics: query.metrics.join(','),
    from: new Date(query.from).toISOString(),
    to: new Date(query.to).toISOString(),
    points: String(query.points),
  })
  return get<History>(`/api/machines/${encodeURIComponent(machine)}/history?${parameters.toString()}`, signal)
}

export const fetchCoverage = (
  machine: string,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<CoverageReport> => {
  const parameters = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })
  return get<CoverageReport>(`/api/machines/${encodeURIComponent(machine)}/coverage?${parameters.toString()}`, signal)
}

/** Asks for the end of a machine and of everything kept of it; the server does it by and by. */
export const removeMachine = (machine: string): Promise<{ id: string; state: string }> =>
  get<{ id: string; state: string }>(`/api/machines/${encodeURIComponent(machine)}`, undefined, 'DELETE')

export const fetchMachine = (machine: string, signal?: AbortSignal): Promise<Inventory> =>
  get<Inventory>(`/api/machines/${encodeURIComponent(machine)}`, signal)

/** All machines; `state` may be `removing` as well. */
export const fetchMachines = (signal?: AbortSignal): Promise<{ machines: (Inventory & { state?: string })[] }> =>
  get<{ machines: (Inventory & { state?: string })[] }>('/api/machines', signal)

export const fetchAlerts = (signal?: AbortSignal): Promise<{ alerts: Alert[] }> =>
  get<{ alerts: Alert[] }>('/api/alerts', signal)

export const fetchFleetTop = (query: Record<string, string>, signal?: AbortSignal): Promise<FleetTop> =>
  get<FleetTop>(`/api/fleet/top?${new URLSearchParams(query).toString()}`, signal)

export const fetchFleetTotals = (query: Record<string, string>, signal?: AbortSignal): Promise<Totals> =>
  get<Totals>(`/api/fleet/totals?${new URLSearchParams(query).toString()}`, signal)
