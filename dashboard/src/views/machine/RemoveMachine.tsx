import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { removeMachine } from '../../net/rest'
import { Icon } from '../../ui/icons'

/** Machines whose removal was asked for, here or, as the list of machines says, elsewhere. */
const removing = signal<ReadonlySet<string>>(new Set())

export const noteRemoving = (ids: readonly string[]): void => {
  removing.value = new Set([...removing.peek(), ...ids])
}

export const isRemoving = (id: string): boolean => removing.value.has(id)

/** Names what goes and asks once more. */
export function RemoveMachineDialog({ id, onClose }: { id: string; onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [failure, setFailure] = useState<string>()
  const [asking, setAsking] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])
  const remove = async (): Promise<void> => {
    setAsking(true)
    try {
      await removeMachine(id)
      noteRemoving([id])
      dialog.current?.close()
    } catch (thrown) {
      setFailure(thrown instanceof Error ? thrown.message : String(thrown))
      setAsking(false)
    }
  }
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="remove-machine-title"
      data-testid="remove-machine-dialog"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="dialog-body">
        <header class="drawer-head">
          <h2 id="remove-machine-title">Remove {id}?</h2>
          <button type="button" class="button quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <p>Everything that is kept of this machine goes, and cannot be brought back:</p>
        <ul class="bullets">
          <li>all its history: single samples, minutes and hours, of it and of its disks, interfaces and file systems</li>
          <li>its runs and events, and with them the account of what was missing</li>
          <li>its place in the fleet and its newest values</li>
        </ul>
        <p class="note">An agent that goes on sending under this name appears as a new machine: stop it first.</p>
        {failure ? <p class="note-high">It was not removed: {failure}.</p> : null}
        <footer class="dialog-foot">
          <button type="button" class="button" autofocus onClick={() => dialog.current?.close()}>
            Keep it
          </button>
          <button
            type="button"
            class="button button-critical"
            disabled={asking}
            data-testid="remove-machine-confirm"
            onClick={() => void remove()}
          >
            Remove with all data
          </button>
        </footer>
      </div>
    </dialog>
  )
}
