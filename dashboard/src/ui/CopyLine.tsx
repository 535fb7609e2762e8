import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { Icon } from './icons'

/** Clipboards are open to secure pages only; elsewhere the text is selected and copied as the user would. */
async function copy(text: string, shown: HTMLElement | null): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused by the user or the browser: the selection below still helps.
    }
  }
  const selection = window.getSelection()
  if (!shown || !selection) return false
  selection.selectAllChildren(shown)
  return document.execCommand('copy')
}

export function CopyLine({ text, testId }: { text: string; testId?: string }): JSX.Element {
  const shown = useRef<HTMLElement>(null)
  const [done, setDone] = useState(false)
  return (
    <div class="copy-line">
      <code ref={shown} data-testid={testId}>
        {text}
      </code>
      <button
        type="button"
        class="button quiet"
        aria-label={`Copy: ${text}`}
        onClick={() => {
          void copy(text, shown.current).then((copied) => {
            setDone(copied)
            setTimeout(() => setDone(false), 2_000)
          })
        }}
      >
        <Icon name={done ? 'done' : 'copy'} />
        <span aria-live="polite">{done ? 'Copied' : 'Copy'}</span>
      </button>
    </div>
  )
}
