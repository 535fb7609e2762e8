import type { GroupName } from '../model/groups'
import type { Unit } from '../model/units'
import type { ColourName } from '../ui/colours'

export interface Line {
  key: string
  label: string
  colour: ColourName
}

/** What one chart shows; where the values come from stands apart. */
export interface ChartSpec {
  id: string
  title: string
  /** One sentence that teaches what is seen; shown on the title. */
  about: string
  group: GroupName
  unit: Unit
  lines: Line[]
  /** Lines are parts of a whole and stand on each other. */
  stacked?: boolean
  /** Top of the scale where it is known: 1 for shares, the size of the memory. */
  max?: number | undefined
  /** Least top of the scale, so that noise does not look like load. */
  leastMax?: number
  /** Series whose greatest values are drawn over a stack once steps hold several samples. */
  peak?: Line
  height?: number
}

/** Rows of a heat map, one per core. */
export interface HeatSpec {
  id: string
  group: GroupName
  keys: string[]
}
