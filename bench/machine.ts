import { readFileSync } from 'node:fs'
import { arch, cpus, release, totalmem } from 'node:os'

/** Where a run was made. */
export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly kernel: string
  readonly system: string
  readonly arch: string
  readonly memoryGiB: number
  readonly node: string
}

export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    kernel: release(),
    system: systemName(),
    arch: arch(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  }
}

function systemName(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? process.platform
  } catch {
    return process.platform
  }
}

/** One line of it, for the head of the table. */
export function machineLine(machine: Machine): string {
  const { cores, cpu, arch: architecture, memoryGiB, system, kernel, node } = machine
  return `${cores} cores (${cpu}, ${architecture}), ${memoryGiB} GiB, ${system}, kernel ${kernel}, Node ${node}`
}
