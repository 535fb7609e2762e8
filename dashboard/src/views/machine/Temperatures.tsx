import type { JSX } from 'preact'
import { attributeValues, temperatureKey } from '../../contract/keys'
import { degrees } from '../../model/units'
import { levelOf } from '../../ui/colours'
import { Meter } from '../../ui/Meter'
import { PanelHead } from './ChartPanel'
import { useMachine } from './context'

/** End of the bars, degrees Celsius: what most chips are not made for. */
const HOTTEST = 100

/** What the sensors of the machine show now; nothing where it has none. */
export function Temperatures(): JSX.Element | null {
  const { machine } = useMachine()
  void machine.version.value
  const ids = attributeValues(Object.keys(machine.values), 'hw.temperature', 'id')
  if (ids.length === 0) return null
  return (
    <section class="panel panel-whole" data-testid="panel-temperatures">
      <PanelHead
        title="Temperatures"
        about="Every sensor that the kernel shows, read every 10 s. Live only. Bars end at 100 °C."
        context={`${ids.length}`}
      />
      <ul class="temperatures">
        {ids.map((id) => {
          const value = machine.value(temperatureKey(id))
          const share = value === undefined ? undefined : value / HOTTEST
          return (
            <li key={id} data-testid={`temperature-${id}`}>
              <span class="temperatures-name" title={id}>
                {id}
              </span>
              <span class={`number level-${levelOf(share)}`}>{degrees(value)}</span>
              <Meter value={share} colour="muted" label={id} />
            </li>
          )
        })}
      </ul>
    </section>
  )
}
