import type { JSX } from 'preact'
import { share } from '../model/units'
import { type ColourName, colourVariable, levelOf } from './colours'

interface MeterProps {
  value: number | undefined
  colour: ColourName
  label: string
  /** False where the number beside it is read out already. */
  announced?: boolean
}

/** A bar from empty to full; turns to the colours of warning where there is little left. */
export function Meter({ value, colour, label, announced = false }: MeterProps): JSX.Element {
  const level = levelOf(value)
  const width = `${Math.min(100, Math.max(0, (value ?? 0) * 100)).toFixed(1)}%`
  const fill = level === 'fine' ? colourVariable(colour) : `var(--${level})`
  const aria = announced
    ? {
        role: 'meter' as const,
        'aria-label': label,
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': Math.round((value ?? 0) * 100),
        'aria-valuetext': share(value),
      }
    : { 'aria-hidden': true as const }
  return (
    <span class="meter" {...aria}>
      <span class="meter-fill" style={{ width, background: fill }} />
    </span>
  )
}
