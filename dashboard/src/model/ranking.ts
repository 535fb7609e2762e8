/** Which machines have most of something over a while, and what a counter came to in a month. */
import { KEY } from '../contract/keys'
import type { Ranked } from '../contract/types'
import type { Unit } from './units'

export interface Question {
  /** As it stands in the address. */
  name: string
  title: string
  metric: string
  unit: Unit
  /** What bars are measured by where it is known; otherwise by the greatest value shown. */
  whole?: number
}

export const QUESTIONS: readonly [Question, ...Question[]] = [
  { name: 'cpu', title: 'CPU', metric: KEY.cpu, unit: 'share', whole: 1 },
  { name: 'memory', title: 'Memory', metric: KEY.memory, unit: 'share', whole: 1 },
  { name: 'disk', title: 'Fullest disk', metric: KEY.filesystemFullest, unit: 'share', whole: 1 },
  { name: 'read', title: 'Disk read', metric: KEY.diskRead, unit: 'bytesPerSecond' },
  { name: 'written', title: 'Disk written', metric: KEY.diskWrite, unit: 'bytesPerSecond' },
  { name: 'received', title: 'Received', metric: KEY.netReceive, unit: 'bytesPerSecond' },
  { name: 'sent', title: 'Sent', metric: KEY.netTransmit, unit: 'bytesPerSecond' },
]

export const SPANS = ['1h', '24h', '7d', '30d'] as const

export const questionOf = (name: string | null): Question => QUESTIONS.find((q) => q.name === name) ?? QUESTIONS[0]

export const spanOf = (name: string | null): string => SPANS.find((span) => span === name) ?? '24h'

/** What fills the bar: the whole where it is known, otherwise the greatest value of all. */
export function scaleOf(question: Question, machines: readonly Ranked[]): number {
  return question.whole ?? Math.max(Number.MIN_VALUE, ...machines.map((each) => each.max ?? each.value ?? 0))
}

/** Days from 1 to 31 only; anything else is the first. */
export function resetDayOf(text: string | null): number {
  const day = Number(text)
  return Number.isInteger(day) && day >= 1 && day <= 31 ? day : 1
}

/** Share of the time that was covered, whole percent, never rounded up to all. */
export function coveredShare(coveredMillis: number, spanMillis: number): string {
  const share = spanMillis > 0 ? Math.min(1, coveredMillis / spanMillis) : 0
  return `${share > 0.9995 ? 100 : Math.min(99, Math.floor(share * 100))}% covered`
}
