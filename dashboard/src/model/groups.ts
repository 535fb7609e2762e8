/**
 * Series that are measured equally often and therefore share their times: one history request and one timeline each.
 */
import { KEY } from '../contract/keys'

export type GroupName = 'host' | 'cores' | 'disks' | 'interfaces' | 'filesystems'

export interface Group {
  name: GroupName
  /** Keys or globs to ask history for. */
  metrics: readonly string[]
  /** How often history holds these series, in milliseconds. */
  measuredMillis: number
  /** Whether a live value belongs to this group. */
  accepts(key: string): boolean
}

const HOST_KEYS: readonly string[] = [
  KEY.cpu,
  KEY.cpuUser,
  KEY.cpuNice,
  KEY.cpuSystem,
  KEY.cpuIowait,
  KEY.cpuInterrupt,
  KEY.cpuSteal,
  KEY.load1,
  KEY.load5,
  KEY.load15,
  KEY.memory,
  KEY.memoryUsed,
  KEY.memoryBuffers,
  KEY.memoryCached,
  KEY.swapUsed,
  KEY.pressureCpu,
  KEY.pressureMemory,
  KEY.pressureIo,
  KEY.diskRead,
  KEY.diskWrite,
  KEY.netReceive,
  KEY.netTransmit,
  KEY.tcpEstablished,
  KEY.tcpTimeWait,
  KEY.tcpOrphaned,
  KEY.processes,
  KEY.processesRunning,
  KEY.processesBlocked,
]
const HOST = new Set(HOST_KEYS)

export const GROUPS: readonly Group[] = [
  { name: 'host', metrics: HOST_KEYS, measuredMillis: 1_000, accepts: (key) => HOST.has(key) },
  {
    name: 'cores',
    metrics: ['system.cpu.utilization{logical_number=*}'],
    measuredMillis: 1_000,
    accepts: (key) => key.startsWith('system.cpu.utilization{logical_number='),
  },
  {
    name: 'disks',
    metrics: ['system.disk.io{device=*}'],
    measuredMillis: 10_000,
    accepts: (key) => key.startsWith('system.disk.io{device='),
  },
  {
    name: 'interfaces',
    metrics: ['system.network.io{interface=*}'],
    measuredMillis: 10_000,
    accepts: (key) => key.startsWith('system.network.io{') && key.includes('interface='),
  },
  {
    name: 'filesystems',
    metrics: ['system.filesystem.utilization{mountpoint=*}'],
    measuredMillis: 60_000,
    accepts: (key) => key.startsWith('system.filesystem.utilization{'),
  },
]

/** Points to ask for: no more than were measured in the span. */
export function pointsOfGroup(group: Group, millis: number, points: number): number {
  return group.measuredMillis <= 1_000
    ? points
    : Math.max(2, Math.min(points, Math.ceil(millis / group.measuredMillis) + 2))
}
