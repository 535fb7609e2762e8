import type { JSX } from 'preact'
import type { MachineState } from '../contract/types'

const TITLE: Record<MachineState, string> = {
  up: 'up: sends samples on time',
  stale: 'stale: its newest sample is late',
  down: 'down: nothing for more than a minute',
}

/** State by shape as well as by colour: full, half and hollow. */
export function StateMark({ state }: { state: MachineState }): JSX.Element {
  return (
    <svg class={`state state-${state}`} viewBox="0 0 12 12" role="img" aria-label={state}>
      <title>{TITLE[state]}</title>
      <circle cx="6" cy="6" r="4.2" class="state-ring" />
      {state === 'up' ? <circle cx="6" cy="6" r="4.2" class="state-core" /> : null}
      {state === 'stale' ? <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4Z" class="state-core" /> : null}
    </svg>
  )
}
