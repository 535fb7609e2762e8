import type { JSX } from 'preact'

const PATHS = {
  alert: 'M8 2.2a4 4 0 0 0-4 4v2.6L2.8 11.4h10.4L12 8.8V6.2a4 4 0 0 0-4-4ZM6.6 13.6a1.5 1.5 0 0 0 2.8 0',
  add: 'M8 3v10M3 8h10',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5h7v7h-7zM10.5 5.5v-2h-7v7h2',
  dark: 'M13 9.4A5.4 5.4 0 0 1 6.6 3a5.4 5.4 0 1 0 6.4 6.4Z',
  done: 'm3.5 8.5 3 3 6-7',
  down: 'M8 3v10m0 0 3.5-3.5M8 13 4.5 9.5',
  light:
    'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.2m0 10.6v1.2M1.5 8h1.2m10.6 0h1.2M3.4 3.4l.9.9m7.4 7.4.9.9m0-9.2-.9.9M4.3 11.7l-.9.9',
  more: 'M3 8a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0m4.6 0a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0m4.6 0a.4.4 0 1 0 .8 0 .4.4 0 1 0-.8 0',
  next: 'M6.5 3.5 11 8l-4.5 4.5',
  pause: 'M5.5 3.5v9m5-9v9',
  play: 'M5 3.2v9.6L12.5 8Z',
  search: 'M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4Zm3.1 7.3 3.1 3.1',
  system: 'M2.5 3.5h11v7h-11zM6 13h4',
  up: 'M8 13V3m0 0L4.5 6.5M8 3l3.5 3.5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 14.5h4.2l2.2-8 3.8 12 2.9-7.5 1.5 3.5H22" />
    </svg>
  )
}
