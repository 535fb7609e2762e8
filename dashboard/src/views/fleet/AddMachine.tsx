import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CopyLine } from '../../ui/CopyLine'
import { Icon } from '../../ui/icons'

const GRPC_PORT = 50_051
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The lines that add a machine, with this server's address filled in where it is of use elsewhere. */
export function AddMachineSteps(): JSX.Element {
  const host = window.location.hostname
  const local = LOOPBACK.has(host)
  const target = `${local ? 'THIS-MACHINE' : host}:${GRPC_PORT}`
  return (
    <ol class="steps">
      {local ? (
        <li>
          <p>By default the server listens to its own machine only. Start it so that others can reach it:</p>
          <CopyLine text="./sysmon up --bind 0.0.0.0 --insecure" testId="add-bind" />
        </li>
      ) : null}
      <li>
        <p>
          On the machine to watch, in a copy of this project{local ? ', with the name or address of this one' : ''}:
        </p>
        <CopyLine text={`AGGREGATOR_URL=${target} ./sysmon agent`} testId="add-line" />
      </li>
      <li>
        <p>It appears here within seconds under its host name. To call it something else:</p>
        <CopyLine text={`MACHINE_ID=web-1 AGGREGATOR_URL=${target} ./sysmon agent`} testId="add-named" />
      </li>
    </ol>
  )
}

export function AddMachineDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="add-machine-title"
      data-testid="add-machine-dialog"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close()
      }}
    >
      <div class="dialog-body">
        <header class="drawer-head">
          <h2 id="add-machine-title">Add a machine</h2>
          <button type="button" class="button quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <AddMachineSteps />
      </div>
    </dialog>
  )
}
