import type { JSX } from 'preact'
import { LineChart } from '../../charts/line-chart'
import type { ChartSpec } from '../../charts/spec'
import { attributeValues, filesystemKey, filesystemLimitKey, filesystemUsageKey, keyOf } from '../../contract/keys'
import { bytes, share } from '../../model/units'
import { colourVariable, levelOf, seriesColour } from '../../ui/colours'
import { Meter } from '../../ui/Meter'
import { ChartCanvas, PanelHead } from './ChartPanel'
import { useMachine } from './context'

const LINES = 6

/** File systems: how full each is now, and how that came about. */
export function Filesystems(): JSX.Element | null {
  const { machine, data, zoom, unzoom } = useMachine()
  void machine.version.value
  const mounts = attributeValues(Object.keys(machine.values), 'system.filesystem.utilization', 'mountpoint')
  if (mounts.length === 0) return null
  const drawn = [...mounts]
    .sort((a, b) => (machine.value(filesystemKey(b)) ?? 0) - (machine.value(filesystemKey(a)) ?? 0))
    .slice(0, LINES)
    .sort((a, b) => mounts.indexOf(a) - mounts.indexOf(b))
  const spec: ChartSpec = {
    id: 'filesystems',
    title: 'File systems',
    group: 'filesystems',
    unit: 'share',
    max: 1,
    about: '',
    lines: drawn.map((mount, i) => ({ key: filesystemKey(mount), label: mount, colour: seriesColour(i) })),
  }
  const inodes = (mount: string): number | undefined => {
    const [used, free] = ['used', 'free'].map((state) =>
      machine.value(keyOf('system.filesystem.inodes.usage', { mountpoint: mount, state })),
    )
    return used === undefined || free === undefined || used + free === 0 ? undefined : used / (used + free)
  }
  return (
    <section class="panel panel-whole" data-testid="panel-filesystems">
      <PanelHead
        title="File systems"
        about="Used share of what programs may fill, as df shows it. Measured every 10 s, kept every minute."
        context={`${mounts.length}`}
      />
      <div class="filesystems">
        <table class="mounts">
          <thead>
            <tr>
              <th>Mount</th>
              <th>Type</th>
              <th class="mounts-bar">Used</th>
              <th class="number">Free</th>
              <th class="number">Size</th>
              <th class="number">Inodes</th>
            </tr>
          </thead>
          <tbody>
            {mounts.map((mount) => {
              const known = machine.inventory.filesystems?.find((f) => f.mountpoint === mount)
              const used = machine.value(filesystemKey(mount))
              const line = drawn.indexOf(mount)
              return (
                <tr key={mount} data-testid={`filesystem-${mount}`}>
                  <td class="mounts-name" title={known?.device}>
                    <i style={{ background: line < 0 ? 'transparent' : colourVariable(seriesColour(line)) }} />
                    {mount}
                  </td>
                  <td class="mounts-type">{known?.type ?? ''}</td>
                  <td class="mounts-bar">
                    <span class={`level-${levelOf(used)}`}>{share(used)}</span>
                    <Meter value={used} colour="muted" label={`${mount} used`} announced />
                  </td>
                  <td class="number">{bytes(machine.value(filesystemUsageKey(mount, 'free')))}</td>
                  <td class="number">{bytes(machine.value(filesystemLimitKey(mount)))}</td>
                  <td class="number">{share(inodes(mount))}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
        {(data.version.value, data.timeline('filesystems')?.times.length ?? 0) > 1 ? (
          <ChartCanvas
            key={drawn.join()}
            id="filesystems"
            label="Used share of file systems over time"
            group="filesystems"
            make={(host) => new LineChart(host, spec, zoom, unzoom)}
          />
        ) : (
          <p class="panel-empty">The past shows as soon as two minutes are kept.</p>
        )}
      </div>
    </section>
  )
}
