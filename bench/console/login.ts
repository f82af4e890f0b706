import { Dialogue } from '../../e2e/support/dialogue.ts'
import { median } from '../figures.ts'
import type { ConsoleFigure } from './figure.ts'
import { FILED, PASSWORD, STORED } from './fill.ts'
import type { DatabaseKind } from './options.ts'

/** Pairs of logins. */
const PAIRS = 250
/** The most that the store may add, in milliseconds. */
const TARGET_MS = 2

/**
 * USER and PASS of a user of the store, and of one of the settings file with the same hash, in turn. Each login comes from
 * an address of its own: one that is remembered spares the hash.
 */
export async function measureLogins(on: DatabaseKind, port: number): Promise<ConsoleFigure[]> {
  const stored: number[] = []
  const filed: number[] = []
  const take = async (user: string, address: number, into: number[]) => {
    into.push(await login(port, user, `127.1.${address >> 8}.${address & 255 || 1}`))
  }
  for (let pair = 0; pair < PAIRS; pair++) {
    // Who comes second finds the caches of the processor warm.
    const turns = [() => take(STORED, 2 * pair + 1, stored), () => take(FILED, 2 * pair + 2, filed)]
    for (const turn of pair % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  const differences = stored.map((ms, at) => ms - (filed[at] ?? 0))
  return [
    {
      part: 'login',
      on,
      name: 'USER and PASS through the store, beyond a user of the file',
      unit: 'ms',
      value: median(differences),
      target: TARGET_MS,
      more: { store: median(stored), file: median(filed) },
    },
  ]
}

async function login(port: number, user: string, from: string): Promise<number> {
  await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port, from })
  const start = performance.now()
  await dialogue.logIn(user, PASSWORD)
  const ms = performance.now() - start
  await dialogue.quit()
  return ms
}
