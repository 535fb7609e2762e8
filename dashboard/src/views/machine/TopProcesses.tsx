import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { seconds, store } from '../../live/session'
import { absence, ordered, type ProcessOrder } from '../../model/processes'
import { ago, bytes, count, share } from '../../model/units'
import { Meter } from '../../ui/Meter'
import { PanelHead } from './ChartPanel'
import { useMachine } from './context'

/** A round is 10 s, or as long as the agent's interval, at most 60 s; what is older is of the past. */
const FRESH_MILLIS = 70_000

/** Who uses the processor and the memory, as the agent told last. */
export function TopProcesses(): JSX.Element {
  const { machine } = useMachine()
  const [order, setOrder] = useState<ProcessOrder>('cpu')
  void machine.version.value
  void seconds.value
  const cores = machine.inventory.logicalCores
  const memory = machine.inventory.memoryBytes
  const age = store.now() - machine.processesTime
  const told = machine.processesTime > 0
  const old = told && age > FRESH_MILLIS
  const heading = (name: ProcessOrder, title: string, about: string): JSX.Element => (
    <th scope="col" class="number" aria-sort={order === name ? 'descending' : 'none'}>
      <button
        type="button"
        class={order === name ? 'heading heading-here' : 'heading'}
        title={about}
        data-testid={`processes-by-${name}`}
        onClick={() => setOrder(name)}
      >
        {title}
        <span class="heading-way" aria-hidden="true">
          {order === name ? '▾' : ''}
        </span>
      </button>
    </th>
  )
  return (
    <section class="panel panel-whole" data-testid="panel-top-processes">
      <PanelHead
        title="Top processes"
        about="Those with most processor time and most memory, looked at every 10 s. Live only: they are not kept."
        context={!told ? undefined : old ? `as they were ${ago(age)}` : 'over the last 10 s, 100% = one core'}
      />
      {machine.processes.length === 0 ? (
        <p class="panel-empty">{absence(machine.time, machine.state)}</p>
      ) : (
        <table class={old ? 'mounts processes is-old' : 'mounts processes'}>
          <thead>
            <tr>
              <th scope="col">Command</th>
              {heading('cpu', 'CPU', 'Processor time, 100% = one core; the bar is of all cores')}
              <th class="processes-bar" aria-hidden="true" />
              {heading('memory', 'Memory', 'Resident memory; the bar is of all memory')}
              <th class="processes-bar" aria-hidden="true" />
              <th scope="col" class="number">Threads</th>
              <th scope="col" class="number">PID</th>
            </tr>
          </thead>
          <tbody>
            {ordered(machine.processes, order).map((process) => {
              const cpu = process.cpuUtilization
              return (
                <tr key={process.pid} data-testid={`process-${process.pid}`}>
                  <td class="processes-command" title={process.command}>
                    {process.command}
                  </td>
                  <td class="number">{share(cpu)}</td>
                  <td class="processes-bar" aria-hidden="true">
                    {cpu === undefined || !cores ? null : <Meter value={cpu / cores} colour="cpu" label="CPU" />}
                  </td>
                  <td class="number">{bytes(process.memoryBytes)}</td>
                  <td class="processes-bar" aria-hidden="true">
                    {memory ? <Meter value={process.memoryBytes / memory} colour="memory" label="Memory" /> : null}
                  </td>
                  <td class="number">{count(process.threads)}</td>
                  <td class="number processes-pid">{process.pid}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </section>
  )
}
