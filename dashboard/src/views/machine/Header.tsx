import { computed, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { KEY, natural } from '../../contract/keys'
import { seconds, store } from '../../live/session'
import { ago, bytes, counted, duration } from '../../model/units'
import { fetchMachines } from '../../net/rest'
import { machinePath } from '../../router'
import { Icon } from '../../ui/icons'
import { Link } from '../../ui/Link'
import { StateMark } from '../../ui/State'
import { AlertRow } from '../alerts/AlertsDrawer'
import { useMachine } from './context'
import { Notices } from './Notices'
import { MachineMenu } from './MachineMenu'
import { isRemoving, noteRemoving } from './RemoveMachine'

const listed = signal<string[]>([])

/** All machines by name: those the live data names, or the list of the API where only one machine is watched. */
const order = computed(() => {
  void store.membership.value
  return [...new Set([...store.machines.keys(), ...(store.fleetKnown.value ? [] : listed.value)])].sort(natural)
})

/** A page opened on a machine knows no other one; without an answer there are just no neighbours. */
export async function learnNeighbours(): Promise<void> {
  if (store.fleetKnown.peek() || listed.peek().length > 0) return
  try {
    const { machines } = await fetchMachines()
    listed.value = machines.map((machine) => machine.id)
    noteRemoving(machines.filter((machine) => machine.state === 'removing').map((machine) => machine.id))
  } catch (failure) {
    console.warn('the list of machines is not there:', failure)
  }
}

/** Machines before and after this one by name; undefined at the ends. */
export function neighbours(id: string): { before: string | undefined; after: string | undefined } {
  const at = order.value.indexOf(id)
  return at < 0 ? { before: undefined, after: undefined } : { before: order.value[at - 1], after: order.value[at + 1] }
}

export function Header(): JSX.Element {
  const { machine } = useMachine()
  void machine.version.value
  void store.membership.value
  const age = seconds.value && store.now() - machine.lastSeen
  const { before, after } = neighbours(machine.id)
  return (
    <header class="machine-head">
      <div class="machine-title">
        <StateMark state={machine.state} />
        <h1 data-testid="machine-name">{machine.id}</h1>
        {isRemoving(machine.id) ? (
          <span class="machine-state is-down" role="status" data-testid="machine-state" data-state="removing">
            removing
          </span>
        ) : (
          <span class={`machine-state is-${machine.state}`} data-testid="machine-state" data-state={machine.state}>
            {machine.state === 'up' ? 'up' : `${machine.state}, last seen ${machine.lastSeen > 0 ? ago(age) : 'never'}`}
          </span>
        )}
        <nav class="neighbours" aria-label="Other machines">
          {before === undefined ? null : (
            <Link to={machinePath(before)} class="button quiet" label={`Previous machine: ${before}`}>
              <Icon name="back" />
            </Link>
          )}
          {after === undefined ? null : (
            <Link to={machinePath(after)} class="button quiet" label={`Next machine: ${after}`}>
              <Icon name="next" />
            </Link>
          )}
        </nav>
        <MachineMenu />
      </div>
      {store.status.value.public ? null : <Notices id={machine.id} />}
      <Facts />
      <OpenAlerts id={machine.id} />
    </header>
  )
}

function Facts(): JSX.Element {
  const { machine } = useMachine()
  const i = machine.inventory
  const uptime = machine.value(KEY.uptime)
  const cores = i.logicalCores
    ? [counted(i.logicalCores, 'thread'), i.physicalCores ? counted(i.physicalCores, 'core') : '']
        .filter(Boolean)
        .join(', ')
    : undefined
  const facts: [string, string | undefined][] = [
    ['Host', i.hostName],
    ['System', i.os],
    ['Kernel', [i.kernel, i.architecture].filter(Boolean).join(', ')],
    ['Processor', [i.cpuModel, cores].filter(Boolean).join(', ')],
    ['Memory', i.memoryBytes ? bytes(i.memoryBytes) : undefined],
    ['Uptime', uptime === undefined ? undefined : duration(uptime)],
    ['Virtualization', i.virtualization && i.virtualization !== 'none' ? i.virtualization : undefined],
    ['Agent', i.agentVersion],
    ...Object.entries(i.labels ?? {}),
  ]
  return (
    <dl class="facts" data-testid="machine-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function OpenAlerts({ id }: { id: string }): JSX.Element | null {
  const own = store.firing.value.filter((alert) => alert.machine === id)
  if (own.length === 0 || store.status.value.public) return null
  return (
    <ul class="alerts machine-alerts" data-testid="machine-alerts">
      {own.map((alert) => (
        <AlertRow key={alert.id} alert={alert} named={false} />
      ))}
    </ul>
  )
}
