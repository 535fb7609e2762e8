import { computed, effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const STORED_AS = 'sysmonstm.theme'
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

function stored(): Theme {
  try {
    const value = localStorage.getItem(STORED_AS)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

export const theme = signal<Theme>(stored())
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const dark = signal(systemDark.matches)
systemDark.addEventListener('change', () => {
  dark.value = systemDark.matches
})

/** What is shown now; charts paint again when it changes. */
export const appearance = computed<'light' | 'dark'>(() =>
  theme.value === 'system' ? (dark.value ? 'dark' : 'light') : theme.value,
)

export function nextTheme(): void {
  theme.value = NEXT[theme.value]
}

effect(() => {
  document.documentElement.dataset.theme = appearance.value
  try {
    if (theme.value === 'system') localStorage.removeItem(STORED_AS)
    else localStorage.setItem(STORED_AS, theme.value)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
})
