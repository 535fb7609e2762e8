import type { JSX } from 'preact'

export function MachinePage({ id }: { id: string }): JSX.Element {
  return <main class="page">{id}</main>
}
