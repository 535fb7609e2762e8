import type { JSX } from 'preact'
import { HeatChart } from '../../charts/heat-chart'
import { cursorTime } from '../../charts/cursor'
import { attributeValues, coreKey, KEY } from '../../contract/keys'
import { indexAt } from '../../model/timeline'
import { share } from '../../model/units'
import { levelOf } from '../../ui/colours'
import { ChartCanvas, PanelHead } from './ChartPanel'
import { useMachine } from './context'

const TALLEST_PIXELS = 166
const TALLEST_ROW_PIXELS = 36
/** What uPlot adds above and below the rows: its padding and the time axis. */
const AXIS_PIXELS = 28
/** From here on rows are too low for a number. */
const MANY_CORES = 16

/**
 * Every core: a bar for now (or for the moment under the cursor), and in line with it a row of the heat map for the
 * past.
 */
export function Cores(): JSX.Element | null {
  const { machine, data, zoom, unzoom } = useMachine()
  void machine.version.value
  void data.version.value
  const timeline = data.timeline('cores')
  const keys = new Set([...Object.keys(machine.values), ...(timeline?.columns.keys() ?? [])])
  const cores = attributeValues(keys, KEY.cpu, 'logical_number')
  if (cores.length === 0) return null
  const time = cursorTime.value
  const at = time === undefined || !timeline ? -1 : indexAt(timeline, time)
  const value = (core: string): number | null | undefined =>
    time === undefined
      ? machine.value(coreKey(core))
      : at < 0
        ? undefined
        : timeline?.columns.get(coreKey(core))?.avg[at]
  const coreKeys = cores.map(coreKey)
  const height = Math.max(64, Math.min(TALLEST_PIXELS, cores.length * TALLEST_ROW_PIXELS))
  const busiest = cores.reduce<string | undefined>(
    (best, core) => ((value(core) ?? -1) > (best === undefined ? -1 : (value(best) ?? -1)) ? core : best),
    undefined,
  )
  const past = (timeline?.times.length ?? 0) > 0
  return (
    <section class="panel" data-testid="panel-cores">
      <PanelHead
        title="Cores"
        about="Load of each logical processor: bars for now, one row each for the past, the first on top."
        context={busiest === undefined ? undefined : `busiest: ${busiest} at ${share(value(busiest))}`}
      />
      <div class="cores-over-time">
        <div class={cores.length > MANY_CORES ? 'cores cores-many' : 'cores'} style={{ height: `${height}px` }}>
          {cores.map((core) => {
            const load = value(core) ?? undefined
            return (
              <span
                key={core}
                class="core"
                title={`Core ${core}: ${share(load)}`}
                data-testid={`core-${core}`}
                data-value={load}
              >
                <span class="core-number">{cores.length > MANY_CORES ? '' : core}</span>
                <span class="core-bar">
                  <span
                    class={`core-fill core-${levelOf(load)}`}
                    style={{ width: `${Math.max(1.5, (load ?? 0) * 100).toFixed(1)}%` }}
                  />
                </span>
              </span>
            )
          })}
        </div>
        {past ? (
          <ChartCanvas
            key={coreKeys.length}
            id="cores"
            label={`Load of ${cores.length} cores over time`}
            group="cores"
            make={(host) => new HeatChart(host, coreKeys, height + AXIS_PIXELS, zoom, unzoom)}
          />
        ) : (
          <p class="panel-empty">
            {data.loading.value.kind === 'loading'
              ? 'Loading'
              : 'No per-core history in this range: it is kept as long as single samples are.'}
          </p>
        )}
      </div>
    </section>
  )
}
