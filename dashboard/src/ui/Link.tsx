import type { ComponentChildren, JSX } from 'preact'
import { navigate } from '../router'

interface LinkProps {
  to: string
  children: ComponentChildren
  class?: string
  testId?: string
  label?: string
}

/** A link within the dashboard; new tabs and the like stay with the browser. */
export function Link({ to, children, class: name, testId, label }: LinkProps): JSX.Element {
  return (
    <a
      href={to}
      class={name}
      data-testid={testId}
      aria-label={label}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
        event.preventDefault()
        navigate(to)
      }}
    >
      {children}
    </a>
  )
}
