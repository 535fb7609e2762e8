import type uPlot from 'uplot'
import type { Gap } from '../contract/types'
import type { Timeline } from '../model/timeline'
import { colour, type ColourName, rgb } from '../ui/colours'
import { CanvasChart, type Zoom } from './canvas-chart'

const HEAT: ColourName[] = ['heat-0', 'heat-1', 'heat-2', 'heat-3', 'heat-4']

/**
 * One row per core, from the first on top; colour from idle to busy. Drawn as one small picture, stretched over the
 * rows.
 */
export class HeatChart {
  private readonly chart: CanvasChart
  private readonly picture = document.createElement('canvas')
  private timeline: Timeline | undefined

  constructor(
    host: HTMLElement,
    private readonly keys: readonly string[],
    height: number,
    zoom: Zoom,
    unzoom: () => void,
  ) {
    this.chart = new CanvasChart(host, {
      series: [{ width: 0, points: { show: false } }],
      height,
      splits: () => [],
      label: () => '',
      paint: (u) => this.paint(u),
      zoom,
      unzoom,
    })
  }

  update(timeline: Timeline | undefined, from: number, to: number, gaps: readonly Gap[]): void {
    this.timeline = timeline
    const times = timeline?.times ?? []
    this.chart.update(
      [times, new Array<null>(times.length).fill(null)] as uPlot.AlignedData,
      from,
      to,
      this.keys.length,
      gaps,
    )
  }

  repaint(): void {
    this.chart.repaint()
  }

  moveCursor(pixels: number | undefined): void {
    this.chart.moveCursor(pixels)
  }

  destroy(): void {
    this.chart.destroy()
  }

  private paint(u: uPlot): void {
    const { timeline, keys } = this
    const { left, top, width, height } = u.bbox
    const pen = u.ctx
    const columns = Math.max(1, Math.round(width))
    const cores = keys.length
    if (!timeline || timeline.times.length === 0 || cores === 0) return
    this.picture.width = columns
    this.picture.height = cores
    const small = this.picture.getContext('2d')
    if (!small) return
    const image = small.createImageData(columns, cores)
    const ramp = heatRamp()
    const values = keys.map((key) => timeline.columns.get(key)?.avg)
    const { times, stepMillis, toleranceMillis } = timeline
    let at = -1
    for (let x = 0; x < columns; x++) {
      const time = u.posToVal(((x + 0.5) / columns) * (width / (window.devicePixelRatio || 1)), 'x')
      while (at + 1 < times.length && (times[at + 1] ?? 0) <= time) at++
      if (at < 0 || time - (times[at] ?? 0) > Math.max(stepMillis, toleranceMillis)) continue
      for (let core = 0; core < cores; core++) {
        const value = values[core]?.[at]
        if (value === null || value === undefined) continue
        const [r, g, b] = ramp[Math.min(ramp.length - 1, Math.max(0, Math.round(value * (ramp.length - 1))))] ?? [
          0, 0, 0,
        ]
        const offset = (core * columns + x) * 4
        image.data[offset] = r
        image.data[offset + 1] = g
        image.data[offset + 2] = b
        image.data[offset + 3] = 255
      }
    }
    small.putImageData(image, 0, 0)
    pen.save()
    pen.imageSmoothingEnabled = false
    pen.drawImage(this.picture, left, top, width, height)
    pen.fillStyle = colour('surface')
    for (let core = 1; core < cores && cores <= 48; core++)
      pen.fillRect(left, Math.round(top + (core * height) / cores), width, 1)
    pen.restore()
  }
}

const RAMP_STEPS = 32
let rampFor = ''
let ramp: [number, number, number][] = []

function heatRamp(): [number, number, number][] {
  const stops = HEAT.map(colour)
  if (rampFor === stops.join()) return ramp
  rampFor = stops.join()
  const colours = stops.map(rgb)
  ramp = Array.from({ length: RAMP_STEPS }, (_, i) => {
    const at = (i / (RAMP_STEPS - 1)) * (colours.length - 1)
    const [a, b] = [colours[Math.floor(at)], colours[Math.min(colours.length - 1, Math.floor(at) + 1)]]
    const part = at - Math.floor(at)
    return [0, 1, 2].map((c) => Math.round((a?.[c] ?? 0) * (1 - part) + (b?.[c] ?? 0) * part)) as [
      number,
      number,
      number,
    ]
  })
  return ramp
}
