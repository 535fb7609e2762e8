import uPlot from 'uplot'
import type { Gap } from '../contract/types'
import type { Timeline } from '../model/timeline'
import { format } from '../model/units'
import { colour, withOpacity } from '../ui/colours'
import { CanvasChart, type Zoom } from './canvas-chart'
import { chartArrays, gridLines, isAggregated, scaleTop } from './shape'
import type { ChartSpec } from './spec'

/** Lines, stacks and their bands of least and greatest values. Built anew when steps begin or cease to hold several samples. */
export class LineChart {
  private chart: CanvasChart | undefined
  private aggregated = false

  constructor(
    private readonly host: HTMLElement,
    private readonly spec: ChartSpec,
    private readonly zoom: Zoom,
    private readonly unzoom: () => void,
  ) {}

  update(timeline: Timeline | undefined, from: number, to: number, gaps: readonly Gap[]): void {
    const arrays = chartArrays(this.spec, timeline)
    const aggregated = timeline !== undefined && isAggregated(timeline)
    if (!this.chart || aggregated !== this.aggregated) {
      this.chart?.destroy()
      this.aggregated = aggregated
      this.chart = this.build(arrays.bands.length > 0, arrays.peak !== undefined)
    }
    const data = [arrays.times, ...arrays.lines, ...arrays.bands.flatMap((band) => [band.high, band.low]), ...(arrays.peak ? [arrays.peak] : [])]
    this.chart.update(data as uPlot.AlignedData, from, to, scaleTop(this.spec, arrays.top), gaps)
  }

  repaint(): void {
    this.chart?.repaint()
  }

  moveCursor(pixels: number | undefined): void {
    this.chart?.moveCursor(pixels)
  }

  destroy(): void {
    this.chart?.destroy()
  }

  private build(banded: boolean, peaked: boolean): CanvasChart {
    const { lines, stacked, unit } = this.spec
    const alone = lines.length === 1
    const series: uPlot.Series[] = lines.map((line, i) => ({
      stroke: () => colour(line.colour),
      width: stacked ? 1 : 1.4,
      points: { show: false },
      ...((stacked && i === 0) || (alone && !banded) ? { fill: () => withOpacity(colour(line.colour), stacked ? 0.42 : 0.13) } : {}),
    }))
    const bands: uPlot.Band[] = []
    if (stacked) {
      for (let i = 1; i < lines.length; i++) {
        bands.push({ series: [i + 1, i], fill: () => withOpacity(colour(lines[i]?.colour ?? 'text'), 0.42) })
      }
    }
    if (banded) {
      lines.forEach((line, i) => {
        const edge: uPlot.Series = { width: 0, points: { show: false } }
        const high = 1 + lines.length + 2 * i
        series.push(edge, { ...edge })
        bands.push({ series: [high, high + 1], fill: () => withOpacity(colour(line.colour), 0.18) })
      })
    }
    if (peaked) series.push({ stroke: () => withOpacity(colour('muted'), 0.75), width: 1, dash: [2, 3], points: { show: false } })
    const binary = unit === 'bytes' || unit === 'bytesPerSecond'
    return new CanvasChart(this.host, {
      series,
      bands,
      height: this.spec.height ?? 168,
      splits: (top) => gridLines(top, (this.spec.height ?? 168) < 120 ? 2 : 4, binary),
      label: (value) => format(unit, value).replace(/\.0(?=\D|$)/, ''),
      zoom: this.zoom,
      unzoom: this.unzoom,
    })
  }
}
