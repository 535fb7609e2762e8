import type { JSX } from 'preact'
import { type Connection, connection, retryNow, seconds, store } from '../live/session'
import { clock } from '../model/units'

function words(state: Connection): { text: string; title: string } {
  switch (state.kind) {
    case 'connecting':
      return { text: 'Connecting', title: 'Waiting for the first frame' }
    case 'live':
      return { text: 'Live', title: 'Values arrive every second' }
    case 'paused':
      return { text: 'Paused', title: 'The page stands still; data is still received. Press P to go on' }
    case 'stale':
      return {
        text: `Stale since ${clock(state.since)}`,
        title: 'The server receives nothing new; what you see is the last it knew',
      }
    case 'reconnecting': {
      const wait = Math.max(0, Math.ceil((state.retryAt - seconds.value) / 1000))
      return {
        text: wait > 0 ? `Offline, retry in ${wait}s` : 'Offline, retrying',
        title: 'The server does not answer. Click to try now',
      }
    }
  }
}

/** Where the user sees whether the page is live: the only such place. */
export function ConnectionState(): JSX.Element {
  const state = connection.value
  const { text, title } = words(state)
  const act = (): void => {
    if (state.kind === 'reconnecting') retryNow()
    else store.pause(!store.paused.value)
  }
  return (
    <button
      type="button"
      class={`connection connection-${state.kind}`}
      data-testid="connection-state"
      data-state={state.kind}
      title={title}
      onClick={act}
    >
      <span class="connection-dot" aria-hidden="true" />
      <span role="status">{text}</span>
    </button>
  )
}
