import { readFile } from 'node:fs/promises'
import type { Program } from '../../../bench/processes.ts'
import { until } from '../../support/within.ts'

/** A server takes half a second at most; this is for a machine that does much else. */
const START_MS = 20_000
/** `TCP_LISTEN` in /proc/net/tcp. */
const LISTENING = '0A'

/**
 * Waits until a program, or another in its network namespace, listens at a port. The kernel is asked instead of the
 * server: a namespace cannot be connected to from outside, and implicit TLS greets nobody who does not speak TLS.
 *
 * @throws {Error} with what the program wrote to standard error, when it ended or does not listen in time
 */
export async function untilListening(program: Program, host: string, port: number): Promise<void> {
  const wanted = entry(host, port)
  await until(
    async () => {
      if (program.ended) throw new Error(`the program ended instead of listening: ${program.errors}`)
      const table = await readFile(`/proc/${program.pid}/net/tcp`, 'latin1').catch(() => '')
      const found = table.split('\n').some(line => {
        const [, local, , state] = line.trim().split(/\s+/)
        return state === LISTENING && (local === wanted || local === entry('0.0.0.0', port))
      })
      return found || `nothing listens at ${host}:${port}: ${program.errors}`
    },
    { limitMs: START_MS },
  )
}

/** An address as /proc/net/tcp writes it: the bytes of a little-endian machine. */
function entry(host: string, port: number): string {
  const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, '0')
  const address = host
    .split('.')
    .toReversed()
    .map(byte => hex(Number(byte), 2))
  return `${address.join('')}:${hex(port, 4)}`
}
