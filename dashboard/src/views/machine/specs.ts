/** The charts of the machine page, one function per family of metrics. */
import { KEY } from '../../contract/keys'
import type { ChartSpec } from '../../charts/spec'

export const CPU: ChartSpec = {
  id: 'cpu',
  title: 'CPU',
  group: 'host',
  unit: 'share',
  stacked: true,
  max: 1,
  about:
    'Share of all processor time, by what it was spent on. Waiting for disks (iowait) is idle time and not in the total.',
  lines: [
    { key: KEY.cpuUser, label: 'user', colour: 'cpu-user' },
    { key: KEY.cpuSystem, label: 'system', colour: 'cpu-system' },
    { key: KEY.cpuNice, label: 'nice', colour: 'cpu-nice' },
    { key: KEY.cpuInterrupt, label: 'interrupt', colour: 'cpu-interrupt' },
    { key: KEY.cpuSteal, label: 'steal', colour: 'cpu-steal' },
    { key: KEY.cpuIowait, label: 'iowait', colour: 'cpu-iowait' },
  ],
  peak: { key: KEY.cpu, label: 'peak', colour: 'muted' },
}

/** For machines that tell the whole only. */
export const CPU_TOTAL: ChartSpec = {
  id: 'cpu',
  title: 'CPU',
  group: 'host',
  unit: 'share',
  max: 1,
  about: 'Share of all processor time that was neither idle nor waiting for disks.',
  lines: [{ key: KEY.cpu, label: 'total', colour: 'cpu' }],
}

export const MEMORY_SHARE: ChartSpec = {
  id: 'memory',
  title: 'Memory',
  group: 'host',
  unit: 'share',
  max: 1,
  about: 'Share of memory that programs could not give back.',
  lines: [{ key: KEY.memory, label: 'used', colour: 'memory' }],
}

export const memory = (limit: number | undefined): ChartSpec => ({
  id: 'memory',
  title: 'Memory',
  group: 'host',
  unit: 'bytes',
  stacked: true,
  max: limit,
  about: 'Used is what programs could not give back. Buffers and cache speed up disks and are given back when needed.',
  lines: [
    { key: KEY.memoryUsed, label: 'used', colour: 'memory' },
    { key: KEY.memoryBuffers, label: 'buffers', colour: 'memory-buffers' },
    { key: KEY.memoryCached, label: 'cached', colour: 'memory-cached' },
  ],
})

export const swap = (limit: number | undefined): ChartSpec => ({
  id: 'swap',
  title: 'Swap',
  group: 'host',
  unit: 'bytes',
  max: limit,
  about: 'Memory moved to disk. Much of it in use is no harm by itself; pages moving in and out all the time are.',
  lines: [{ key: KEY.swapUsed, label: 'used', colour: 'swap' }],
})

export const LOAD: ChartSpec = {
  id: 'load',
  title: 'Load',
  group: 'host',
  unit: 'load',
  leastMax: 1,
  about: 'Tasks that run, wait for a processor or for a disk, as averages of 1, 5 and 15 minutes.',
  lines: [
    { key: KEY.load1, label: '1 min', colour: 'series-1' },
    { key: KEY.load5, label: '5 min', colour: 'series-3' },
    { key: KEY.load15, label: '15 min', colour: 'series-4' },
  ],
}

export const PRESSURE: ChartSpec = {
  id: 'pressure',
  title: 'Pressure',
  group: 'host',
  unit: 'share',
  leastMax: 0.05,
  about: 'Share of time in which at least one task was held up for want of a resource.',
  lines: [
    { key: KEY.pressureCpu, label: 'CPU', colour: 'cpu' },
    { key: KEY.pressureMemory, label: 'memory', colour: 'memory' },
    { key: KEY.pressureIo, label: 'I/O', colour: 'disk-read' },
  ],
}

export const DISK: ChartSpec = {
  id: 'disk',
  title: 'Disk I/O',
  group: 'host',
  unit: 'bytesPerSecond',
  leastMax: 64 * 1024,
  about: 'Bytes read from and written to all physical disks.',
  lines: [
    { key: KEY.diskRead, label: 'read', colour: 'disk-read' },
    { key: KEY.diskWrite, label: 'write', colour: 'disk-write' },
  ],
}

export const NETWORK: ChartSpec = {
  id: 'network',
  title: 'Network',
  group: 'host',
  unit: 'bytesPerSecond',
  leastMax: 16 * 1024,
  about: 'Bytes received and sent on all interfaces but loopback.',
  lines: [
    { key: KEY.netReceive, label: 'received', colour: 'net-receive' },
    { key: KEY.netTransmit, label: 'sent', colour: 'net-transmit' },
  ],
}

export const CONNECTIONS: ChartSpec = {
  id: 'connections',
  title: 'TCP connections',
  group: 'host',
  unit: 'count',
  leastMax: 8,
  about: 'Connections established, closed but held for late packets (time-wait), and without a process (orphaned).',
  lines: [
    { key: KEY.tcpEstablished, label: 'established', colour: 'series-3' },
    { key: KEY.tcpTimeWait, label: 'time-wait', colour: 'series-2' },
    { key: KEY.tcpOrphaned, label: 'orphaned', colour: 'series-6' },
  ],
}

export const PROCESSES: ChartSpec = {
  id: 'processes',
  title: 'Processes',
  group: 'host',
  unit: 'count',
  leastMax: 8,
  about: 'Processes, and tasks that run or wait for a processor (running) or for a disk (blocked).',
  lines: [
    { key: KEY.processes, label: 'all', colour: 'series-4' },
    { key: KEY.processesRunning, label: 'running', colour: 'series-1' },
    { key: KEY.processesBlocked, label: 'blocked', colour: 'series-6' },
  ],
}
