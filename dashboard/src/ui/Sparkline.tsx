import type { JSX } from 'preact'
import { sparkPaths } from '../model/spark'
import { type ColourName, colourVariable } from './colours'

const WIDTH = 100
const HEIGHT = 28

export interface SparkSeries {
  values: (number | null)[]
  colour: ColourName
  filled: boolean
}

/** Five minutes in a glance. The numbers beside it say the same to those who do not see it. */
export function Sparkline({ series, max }: { series: SparkSeries[]; max: number }): JSX.Element {
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {series.map(({ values, colour, filled }) => {
        const paths = sparkPaths(values, max, WIDTH, HEIGHT)
        return (
          <g key={colour} style={{ color: colourVariable(colour) }}>
            {filled ? <path class="spark-area" d={paths.area} /> : null}
            <path class="spark-line" d={paths.line} />
          </g>
        )
      })}
    </svg>
  )
}
