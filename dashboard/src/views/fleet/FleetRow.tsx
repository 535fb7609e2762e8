import type { JSX } from 'preact'
import { KEY } from '../../contract/keys'
import type { Machine } from '../../live/machine'
import { seconds, store } from '../../live/session'
import { ago, bytes, bytesPerSecond, count, counted, duration, load, share } from '../../model/units'
import { machinePath, navigate } from '../../router'
import { type ColourName, levelOf } from '../../ui/colours'
import { Link } from '../../ui/Link'
import { Meter } from '../../ui/Meter'
import { Sparkline } from '../../ui/Sparkline'
import { StateMark } from '../../ui/State'

/** The scale of a network sparkline: its own peak, but never so small that noise looks like traffic. */
const LEAST_NETWORK_SCALE = 64 * 1024

/** "Debian GNU/Linux 12 (bookworm)" says no more than "Debian 12". */
function shortSystem(os: string | undefined): string | undefined {
  return os?.replace(' GNU/Linux', '').replace(/ \(.*\)$/, '')
}

/** Under the name: what kind of machine it is, and its host name where the id does not say it. */
function about(machine: Machine): string {
  const { hostName, os, logicalCores, memoryBytes } = machine.inventory
  return [
    hostName && hostName.split('.')[0] !== machine.id.split('.')[0] ? hostName : undefined,
    shortSystem(os),
    logicalCores ? counted(logicalCores, 'core') : undefined,
    memoryBytes ? bytes(memoryBytes) : undefined,
  ]
    .filter(Boolean)
    .join(' · ')
}

function Gauge({
  value,
  colour,
  label,
  testId,
}: {
  value: number | undefined
  colour: ColourName
  label: string
  testId: string
}): JSX.Element {
  return (
    <span class="gauge">
      <span class={`gauge-value level-${levelOf(value)}`} data-testid={testId} data-value={value}>
        {share(value)}
      </span>
      <Meter value={value} colour={colour} label={label} />
    </span>
  )
}

function Pair({
  first,
  second,
  labels,
  testIds,
}: {
  first: number | undefined
  second: number | undefined
  labels: [string, string]
  testIds: [string, string]
}): JSX.Element {
  return (
    <span class="pair">
      <span data-testid={testIds[0]} data-value={first}>
        <i aria-hidden="true">{labels[0]}</i>
        {bytesPerSecond(first)}
      </span>
      <span data-testid={testIds[1]} data-value={second}>
        <i aria-hidden="true">{labels[1]}</i>
        {bytesPerSecond(second)}
      </span>
    </span>
  )
}

interface FleetRowProps {
  machine: Machine
  index: number
  top: number
}

export function FleetRow({ machine, index, top }: FleetRowProps): JSX.Element {
  void machine.version.value
  const late = machine.state === 'up' ? undefined : seconds.value && store.now() - machine.lastSeen
  const now = machine.state === 'up' ? machine.time : store.now()
  const cpu = machine.value(KEY.cpu)
  const memory = machine.value(KEY.memory)
  const receive = machine.sparks.values(KEY.netReceive, now)
  const transmit = machine.sparks.values(KEY.netTransmit, now)
  const networkScale = Math.max(LEAST_NETWORK_SCALE, ...receive.map((v) => v ?? 0), ...transmit.map((v) => v ?? 0))
  return (
    <div
      class={`row row-${machine.state}`}
      role="row"
      aria-rowindex={index + 2}
      data-testid={`fleet-row-${machine.id}`}
      data-state={machine.state}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!(event.target as Element).closest('a') && !window.getSelection()?.toString())
          navigate(machinePath(machine.id))
      }}
    >
      <div class="cell cell-name" role="cell">
        <StateMark state={machine.state} />
        <span class="names">
          <Link to={machinePath(machine.id)} class="name">
            {machine.id}
          </Link>
          <span class="about">
            {late === undefined
              ? about(machine)
              : `${machine.state}, ${machine.lastSeen > 0 ? `last seen ${ago(late)}` : 'never seen'}`}
          </span>
        </span>
      </div>
      <div class="cell cell-cpu" role="cell">
        <Gauge value={cpu} colour="cpu" label="CPU" testId="cpu-value" />
        <Sparkline series={[{ values: machine.sparks.values(KEY.cpu, now), colour: 'cpu', filled: true }]} max={1} />
      </div>
      <div class="cell cell-memory" role="cell">
        <Gauge value={memory} colour="memory" label="Memory" testId="memory-value" />
        <Sparkline
          series={[{ values: machine.sparks.values(KEY.memory, now), colour: 'memory', filled: true }]}
          max={1}
        />
      </div>
      <div class="cell cell-load number" role="cell" data-testid="load-value">
        {load(machine.value(KEY.load1))}
      </div>
      <div class="cell cell-pressure number" role="cell" data-testid="pressure-value">
        {share(machine.value(KEY.pressureCpu))}
      </div>
      <div class="cell cell-filesystem" role="cell">
        <Gauge
          value={machine.value(KEY.filesystemFullest)}
          colour="muted"
          label="Fullest file system"
          testId="filesystem-value"
        />
      </div>
      <div class="cell cell-disk" role="cell">
        <Pair
          first={machine.value(KEY.diskRead)}
          second={machine.value(KEY.diskWrite)}
          labels={['R', 'W']}
          testIds={['disk-read-value', 'disk-write-value']}
        />
      </div>
      <div class="cell cell-network" role="cell">
        <Pair
          first={machine.value(KEY.netReceive)}
          second={machine.value(KEY.netTransmit)}
          labels={['↓', '↑']}
          testIds={['network-receive-value', 'network-transmit-value']}
        />
        <Sparkline
          series={[
            { values: receive, colour: 'net-receive', filled: true },
            { values: transmit, colour: 'net-transmit', filled: false },
          ]}
          max={networkScale}
        />
      </div>
      <div class="cell cell-processes number" role="cell">
        {count(machine.value(KEY.processes))}
      </div>
      <div class="cell cell-uptime number" role="cell">
        {duration(machine.value(KEY.uptime))}
      </div>
    </div>
  )
}
