import { readFileSync } from 'node:fs'
import { processTree } from '../memory.ts'

/** proc(5) counts in hundredths of a second on every Linux. */
const TICKS = 100

/** Processor seconds that a process has used, user and system. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** Descendants of this process whose command line has a text. */
export function descendants(text: string): number[] {
  return processTree(process.pid).filter(pid => commandLine(pid).includes(text))
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** Memory of one process, in megabytes of a million bytes. */
export function memoryOfOne(pid: number): { readonly rss: number; readonly pss: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  const of = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) * 1_024) / 1e6
  return { rss: of('Rss'), pss: of('Pss') }
}
