import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { LineChart } from '../../charts/line-chart'
import type { ChartSpec } from '../../charts/spec'
import { attributeValues, diskBusyKey, diskKey, diskOperationsKey, interfaceKey } from '../../contract/keys'
import { bitsPerSecond, bytes, count, share } from '../../model/units'
import { ChartCanvas, Legend, PanelHead } from './ChartPanel'
import { useMachine } from './context'

const SHOWN_AT_FIRST = 6
const SMALL_CHART = 96

interface Device {
  name: string
  about: string
  now: string
  spec: ChartSpec
}

function DeviceGrid({
  title,
  about,
  devices,
}: {
  title: string
  about: string
  devices: Device[]
}): JSX.Element | null {
  const { zoom, unzoom } = useMachine()
  const [all, setAll] = useState(false)
  if (devices.length === 0) return null
  const shown = all ? devices : devices.slice(0, SHOWN_AT_FIRST)
  return (
    <section class="panel panel-whole" data-testid={`panel-${title.toLowerCase()}`}>
      <PanelHead title={title} about={about} context={`${devices.length}`} />
      <div class="devices">
        {shown.map(({ name, about: what, now, spec }) => (
          <article key={name} class="device">
            <header>
              <h3>{name}</h3>
              <span class="panel-context">{what}</span>
              <span class="device-now">{now}</span>
            </header>
            <Legend spec={spec} />
            <ChartCanvas
              id={spec.id}
              label={`${title}: ${name} over time`}
              group={spec.group}
              make={(host) => new LineChart(host, spec, zoom, unzoom)}
            />
          </article>
        ))}
      </div>
      {devices.length > shown.length ? (
        <button type="button" class="button" onClick={() => setAll(true)}>
          Show all {devices.length}
        </button>
      ) : null}
    </section>
  )
}

/** Names that are measured now or were in this range, and those that the inventory lists. */
function useNames(group: 'disks' | 'interfaces', metric: string, attribute: string): string[] {
  const { machine, data } = useMachine()
  void machine.version.value
  void data.version.value
  return attributeValues(
    [...Object.keys(machine.values), ...(data.timeline(group)?.columns.keys() ?? [])],
    metric,
    attribute,
  )
}

export function Disks(): JSX.Element | null {
  const { machine } = useMachine()
  const names = useNames('disks', 'system.disk.io', 'device')
  const devices = names.map((name): Device => {
    const known = machine.inventory.disks?.find((disk) => disk.name === name)
    const operations =
      (machine.value(diskOperationsKey(name, 'read')) ?? 0) + (machine.value(diskOperationsKey(name, 'write')) ?? 0)
    const busy = machine.value(diskBusyKey(name))
    return {
      name,
      about: [known?.model, known?.sizeBytes ? bytes(known.sizeBytes) : undefined].filter(Boolean).join(', '),
      now: `${count(operations)} ops/s, ${share(busy)} busy`,
      spec: {
        id: `disk-${name}`,
        title: name,
        about: '',
        group: 'disks',
        unit: 'bytesPerSecond',
        leastMax: 64 * 1024,
        height: SMALL_CHART,
        lines: [
          { key: diskKey(name, 'read'), label: 'read', colour: 'disk-read' },
          { key: diskKey(name, 'write'), label: 'write', colour: 'disk-write' },
        ],
      },
    }
  })
  return <DeviceGrid title="Disks" about="Each physical disk. The past is kept in steps of 10 s." devices={devices} />
}

export function Interfaces(): JSX.Element | null {
  const { machine } = useMachine()
  const names = useNames('interfaces', 'system.network.io', 'interface')
  const devices = names.map((name): Device => {
    const known = machine.inventory.interfaces?.find((nic) => nic.name === name)
    const packets = ['receive', 'transmit'].reduce(
      (sum, direction) =>
        sum + (machine.value(`system.network.packet.count{direction=${direction},interface=${name}}`) ?? 0),
      0,
    )
    return {
      name,
      about: known?.speedBits ? bitsPerSecond(known.speedBits) : '',
      now: `${count(packets)} packets/s`,
      spec: {
        id: `interface-${name}`,
        title: name,
        about: '',
        group: 'interfaces',
        unit: 'bytesPerSecond',
        leastMax: 16 * 1024,
        height: SMALL_CHART,
        lines: [
          { key: interfaceKey(name, 'receive'), label: 'received', colour: 'net-receive' },
          { key: interfaceKey(name, 'transmit'), label: 'sent', colour: 'net-transmit' },
        ],
      },
    }
  })
  return (
    <DeviceGrid
      title="Interfaces"
      about="Each network interface. The past is kept in steps of 10 s."
      devices={devices}
    />
  )
}
