import type { ApiClient } from '../../e2e/support/console.ts'
import { type ConsoleFigure, quantile } from './figure.ts'
import type { DatabaseKind } from './options.ts'
import { questions } from './questions.ts'

/** How often each list is asked for, after the first time. */
const ROUNDS = 20
/** For what is no page and takes long. */
const FEW_ROUNDS = 3
/** The most that a list page may take, in milliseconds. */
const TARGET_MS = 150

/** Every list of the API through HTTP: the first time, and then again and again. */
export async function measureLists(
  on: DatabaseKind,
  { url, api, say }: { url: string; api: ApiClient; say(line: string): void },
): Promise<ConsoleFigure[]> {
  const figures: ConsoleFigure[] = []
  for (const { name, path, isPage = true } of await questions(api)) {
    const first = await ask(url, api, path)
    const times: number[] = []
    for (let round = 0; round < (isPage ? ROUNDS : FEW_ROUNDS); round++) times.push(await ask(url, api, path))
    const value = quantile(times, 0.95)
    const more = { first, median: quantile(times, 0.5) }
    figures.push({
      part: 'lists',
      on,
      name,
      unit: 'ms',
      value,
      more,
      ...(isPage && { target: TARGET_MS }),
    })
    say(`${on}, ${name}: ${value.toFixed(1)} ms`)
  }
  return figures
}

/** Milliseconds until the whole answer is here. */
async function ask(url: string, { cookie }: ApiClient, path: string): Promise<number> {
  const start = performance.now()
  const response = await fetch(`${url}/api/v1${path}`, {
    headers: { cookie },
    signal: AbortSignal.timeout(60_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return performance.now() - start
}
