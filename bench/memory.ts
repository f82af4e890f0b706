import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Memory of a process tree, in bytes. */
export interface Memory {
  /** Proportional set size: shared pages are divided among those that share them. The fair sum for forking servers. */
  readonly pss: number
  /** Resident set size: shared pages are counted once for each process. */
  readonly rss: number
  readonly processes: number
}

/** The process and all its descendants, from /proc. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = parentOf(pid)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const tree: number[] = []
  const rest = [root]
  for (let pid = rest.pop(); pid !== undefined; pid = rest.pop()) {
    tree.push(pid)
    rest.push(...(children.get(pid) ?? []))
  }
  return tree
}

function parentOf(pid: number): number | undefined {
  const stat = contents(`/proc/${pid}/stat`)
  // proc(5): `pid (comm) state ppid`, and comm may hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields?.[1] === undefined ? undefined : Number(fields[1])
}

/** What the tree below `root` holds now. A process that ends while it is read counts as nothing. */
export function memoryOf(root: number): Memory {
  let pss = 0
  let rss = 0
  let processes = 0
  for (const pid of processTree(root)) {
    const rollup = contents(`/proc/${pid}/smaps_rollup`)
    if (rollup === undefined) continue
    processes++
    pss += kilobytes(rollup, 'Pss')
    rss += kilobytes(rollup, 'Rss')
  }
  return { pss, rss, processes }
}

function kilobytes(rollup: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)
  return match?.[1] === undefined ? 0 : Number(match[1]) * 1024
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** Watches a tree until `until` settles; gives the highest PSS and RSS seen, each at its own moment. */
export async function peakOf(root: number, until: Promise<unknown>, everyMs = 25): Promise<Memory> {
  let peak = memoryOf(root)
  let running = true
  const done = until.then(
    () => {
      running = false
    },
    () => {
      running = false
    },
  )
  while (running) {
    const seen = memoryOf(root)
    peak = {
      pss: Math.max(peak.pss, seen.pss),
      rss: Math.max(peak.rss, seen.rss),
      processes: Math.max(peak.processes, seen.processes),
    }
    await Promise.race([done, sleep(everyMs)])
  }
  return peak
}
