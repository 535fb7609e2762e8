import type uPlot from 'uplot'
import type { Gap } from '../contract/types'
import type { Nullable, Timeline } from '../model/timeline'
import { format } from '../model/units'
import { colour, withOpacity } from '../ui/colours'
import { CanvasChart, type Zoom } from './canvas-chart'
import { fillBetween } from './fills'
import { type ChartArrays, chartArrays, gridLines, loneValues, scaleTop } from './shape'
import type { ChartSpec } from './spec'

const STACK_OPACITY = 0.42
const BAND_OPACITY = 0.18
const AREA_OPACITY = 0.13

/**
 * Lines, stacks and their bands of least and greatest values. Built anew when steps begin or cease to hold several
 * samples.
 */
export class LineChart {
  private chart: CanvasChart | undefined
  private peaked = false
  private arrays: ChartArrays | undefined

  constructor(
    private readonly host: HTMLElement,
    private readonly spec: ChartSpec,
    private readonly zoom: Zoom,
    private readonly unzoom: () => void,
  ) {}

  update(timeline: Timeline | undefined, from: number, to: number, gaps: readonly Gap[]): void {
    const arrays = chartArrays(this.spec, timeline)
    const peaked = arrays.peak !== undefined
    if (!this.chart || peaked !== this.peaked) {
      this.chart?.destroy()
      this.peaked = peaked
      this.chart = this.build()
    }
    this.arrays = arrays
    const data = [arrays.times, ...arrays.lines, ...(arrays.peak ? [arrays.peak] : [])]
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

  private build(): CanvasChart {
    const { lines, stacked, unit } = this.spec
    const series: uPlot.Series[] = lines.map((line) => ({
      stroke: () => colour(line.colour),
      width: stacked ? 1 : 1.4,
      points: {
        show: false,
        size: 4,
        width: 0,
        fill: () => colour(line.colour),
        filter: (u, index) => loneValues(u.data[index] ?? []),
      },
    }))
    if (this.peaked)
      series.push({ stroke: () => withOpacity(colour('muted'), 0.75), width: 1, dash: [2, 3], points: { show: false } })
    const height = this.spec.height ?? 168
    const binary = unit === 'bytes' || unit === 'bytesPerSecond'
    return new CanvasChart(this.host, {
      series,
      height,
      splits: (top) => gridLines(top, height < 120 ? 2 : 4, binary),
      label: (value) => format(unit, value).replace(/\.0(?=\D|$)/, ''),
      paint: (u) => this.fill(u),
      zoom: this.zoom,
      unzoom: this.unzoom,
    })
  }

  private fill(u: uPlot): void {
    const { arrays, spec } = this
    if (!arrays) return
    spec.lines.forEach((line, i) => {
      const paint = (low: Nullable | undefined, high: Nullable | undefined, opacity: number): void => {
        if (high) fillBetween(u, arrays.times, low, high, withOpacity(colour(line.colour), opacity))
      }
      const band = arrays.bands[i]
      if (spec.stacked) paint(arrays.lines[i - 1], arrays.lines[i], STACK_OPACITY)
      else if (band) paint(band.low, band.high, BAND_OPACITY)
      else if (spec.lines.length === 1) paint(undefined, arrays.lines[i], AREA_OPACITY)
    })
  }
}
