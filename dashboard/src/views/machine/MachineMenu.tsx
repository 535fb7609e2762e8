import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { store } from '../../live/session'
import { Icon } from '../../ui/icons'
import { useMachine } from './context'
import { showCoverage } from './CoverageDrawer'
import { isRemoving, RemoveMachineDialog } from './RemoveMachine'

/** What can be done with a machine beside looking at it. Arrow keys move within, Escape closes. */
export function MachineMenu(): JSX.Element | null {
  const { machine } = useMachine()
  const [open, setOpen] = useState(false)
  const [removes, setRemoves] = useState(false)
  const menu = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!open) return
    menu.current?.querySelector('button')?.focus()
    const outside = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || !menu.current?.parentElement?.contains(event.target)) setOpen(false)
    }
    window.addEventListener('pointerdown', outside)
    return () => window.removeEventListener('pointerdown', outside)
  }, [open])
  if (store.status.value.public) return null
  const close = (): void => {
    setOpen(false)
    opener.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(menu.current?.querySelectorAll('button') ?? [])]
    const at = entries.indexOf(document.activeElement as HTMLButtonElement)
    if (event.key === 'Escape') close()
    else if (event.key === 'ArrowDown') entries[(at + 1) % entries.length]?.focus()
    else if (event.key === 'ArrowUp') entries[(at + entries.length - 1) % entries.length]?.focus()
    else if (event.key === 'Tab') return setOpen(false)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div class="menu-place">
      <button
        ref={opener}
        type="button"
        class="button quiet"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label="More about this machine"
        title="More about this machine"
        data-testid="machine-menu"
        onClick={() => setOpen(!open)}
      >
        <Icon name="more" />
      </button>
      {open ? (
        <div ref={menu} class="menu" role="menu" onKeyDown={onKeyDown}>
          <button
            type="button"
            role="menuitem"
            data-testid="menu-coverage"
            onClick={() => {
              close()
              showCoverage(true)
            }}
          >
            Runs, events and gaps
          </button>
          <button
            type="button"
            role="menuitem"
            class="menu-critical"
            data-testid="menu-remove"
            disabled={isRemoving(machine.id)}
            onClick={() => {
              close()
              setRemoves(true)
            }}
          >
            Remove this machine
          </button>
        </div>
      ) : null}
      {removes ? (
        <RemoveMachineDialog
          id={machine.id}
          onClose={() => {
            setRemoves(false)
            opener.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}
