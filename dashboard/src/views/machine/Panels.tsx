import type { JSX } from 'preact'
import type { ChartSpec } from '../../charts/spec'
import { KEY } from '../../contract/keys'
import type { Machine } from '../../live/machine'
import { store } from '../../live/session'
import { bytes, bytesPerSecond, count, counted, load, share } from '../../model/units'
import { ChartPanel } from './ChartPanel'
import { Cores } from './Cores'
import { Disks, Interfaces } from './Devices'
import { Filesystems } from './Filesystems'
import { Temperatures } from './Temperatures'
import { TopProcesses } from './TopProcesses'
import {
  CONNECTIONS,
  CPU,
  CPU_TOTAL,
  DISK,
  LOAD,
  memory,
  MEMORY_SHARE,
  NETWORK,
  PRESSURE,
  PROCESSES,
  swap,
} from './specs'

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0)

/** The sheet of panels: what is measured on this machine, in the same order on every machine. */
export function Panels({ machine }: { machine: Machine }): JSX.Element {
  void machine.version.value
  const isPublic = store.status.value.public
  const number = (key: string): number | undefined => machine.value(key)
  const waits = machine.time === 0
  const has = (spec: ChartSpec): boolean => waits || spec.lines.some((line) => number(line.key) !== undefined)
  // A public feed holds a few values only: what it leaves out is not spoken of.
  const shown = (spec: ChartSpec): boolean => !isPublic || has(spec)
  const cores = machine.inventory.logicalCores
  const cpu = has(CPU) ? CPU : CPU_TOTAL
  return (
    <div class="sheet">
      <ChartPanel
        key={cpu.id + String(cpu.stacked)}
        spec={cpu}
        figure={{ text: share(number(KEY.cpu)), testId: 'cpu-value', value: number(KEY.cpu) }}
      />
      <Cores />
      <MemoryPanel machine={machine} waits={waits} />
      <SwapPanel machine={machine} isPublic={isPublic} />
      <ChartPanel
        spec={LOAD}
        context={cores ? counted(cores, 'thread') : undefined}
        figure={{ text: load(number(KEY.load1)), testId: 'load-value', value: number(KEY.load1) }}
      />
      {has(PRESSURE) ? (
        <ChartPanel
          spec={PRESSURE}
          context="share of time in which tasks waited"
          figure={{ text: share(number(KEY.pressureCpu)), testId: 'pressure-value', value: number(KEY.pressureCpu) }}
        />
      ) : isPublic ? null : (
        <Absent title="Pressure" text="The kernel of this machine does not measure pressure." />
      )}
      {shown(DISK) ? (
        <ChartPanel
          spec={DISK}
          context={
            number(KEY.diskReads) === undefined
              ? undefined
              : `${count(sum(number(KEY.diskReads), number(KEY.diskWrites)))} ops/s, busiest ${share(number(KEY.diskBusiest))}`
          }
          figure={{
            text: bytesPerSecond(sum(number(KEY.diskRead), number(KEY.diskWrite))),
            testId: 'disk-value',
            value: sum(number(KEY.diskRead), number(KEY.diskWrite)),
          }}
        />
      ) : null}
      {shown(NETWORK) ? (
        <ChartPanel
          spec={NETWORK}
          context={
            number(KEY.netErrors) === undefined
              ? undefined
              : `${count(number(KEY.netErrors))} errors/s, ${count(number(KEY.netDropped))} dropped/s`
          }
          figure={{
            text: bytesPerSecond(sum(number(KEY.netReceive), number(KEY.netTransmit))),
            testId: 'network-value',
            value: sum(number(KEY.netReceive), number(KEY.netTransmit)),
          }}
        />
      ) : null}
      {isPublic ? null : <TopProcesses />}
      <Disks />
      <Interfaces />
      <Filesystems />
      <Temperatures />
      {shown(CONNECTIONS) ? (
        <ChartPanel
          spec={CONNECTIONS}
          context={`${count(number(KEY.tcpAllocated))} sockets allocated`}
          figure={{
            text: count(number(KEY.tcpEstablished)),
            testId: 'connections-value',
            value: number(KEY.tcpEstablished),
          }}
        />
      ) : null}
      {shown(PROCESSES) ? (
        <ChartPanel
          spec={PROCESSES}
          context={
            number(KEY.threads) === undefined
              ? undefined
              : `${count(number(KEY.threads))} threads, ${count(number(KEY.processesCreated))} started/s`
          }
          figure={{ text: count(number(KEY.processes)), testId: 'processes-value', value: number(KEY.processes) }}
        />
      ) : null}
    </div>
  )
}

function MemoryPanel({ machine, waits }: { machine: Machine; waits: boolean }): JSX.Element {
  const limit = machine.value(KEY.memoryLimit) ?? machine.inventory.memoryBytes
  const whole = waits || machine.value(KEY.memoryUsed) !== undefined
  return (
    <ChartPanel
      key={`memory-${limit ?? 0}-${String(whole)}`}
      spec={whole ? memory(limit) : MEMORY_SHARE}
      context={limit === undefined ? undefined : `of ${bytes(limit)}`}
      figure={{ text: share(machine.value(KEY.memory)), testId: 'memory-value', value: machine.value(KEY.memory) }}
    />
  )
}

function SwapPanel({ machine, isPublic }: { machine: Machine; isPublic: boolean }): JSX.Element | null {
  const limit = machine.value(KEY.swapLimit)
  if (isPublic && limit === undefined) return null
  if (limit === 0) return <Absent title="Swap" text="This machine has no swap space." />
  return (
    <ChartPanel
      key={`swap-${limit ?? 0}`}
      spec={swap(limit)}
      context={
        limit === undefined
          ? undefined
          : `of ${bytes(limit)}, ${count(machine.value(KEY.swapIn))} pages/s in, ${count(machine.value(KEY.swapOut))} out`
      }
      figure={{ text: share(machine.value(KEY.swap)), testId: 'swap-value', value: machine.value(KEY.swap) }}
    />
  )
}

function Absent({ title, text }: { title: string; text: string }): JSX.Element {
  return (
    <section class="panel">
      <header class="panel-head">
        <h2>{title}</h2>
      </header>
      <p class="panel-empty">{text}</p>
    </section>
  )
}
