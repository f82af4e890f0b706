import type { ApiClient } from '../../e2e/support/console.ts'
import type { Desk } from '../../e2e/transfers/desk.ts'
import { type ConsoleFigure, quantile } from '../console/figure.ts'
import type { DatabaseKind } from '../console/options.ts'
import { BenchError } from '../errors.ts'
import { makeGround } from './ground.ts'

const ROUNDS = 20
const TARGET_MS = 150
const CHUNK = 1_000
const TRANSFERS = 20

/** The lists of runs through HTTP, with so many runs stored. */
export async function measureRunLists(on: DatabaseKind, stored: number): Promise<readonly ConsoleFigure[]> {
  await using ground = await makeGround(on)
  await fill(ground.desk, stored)
  const middle = await inTheMiddle(ground.desk, stored)
  const { url, api } = await ground.serve()
  const figures: ConsoleFigure[] = []
  for (const [name, path] of [
    ['newest', '/runs'],
    ['in the middle', `/runs?before=${middle}`],
    ['failed', '/runs?state=failed'],
    ['of a state that no run has', '/runs?state=retrying'],
    ['of a transfer', '/runs?transfer=t3'],
    ['of a transfer, failed', '/runs?transfer=t3&state=failed'],
    ['of a site', '/runs?site=s7'],
    ['before everything', '/runs?to=1000'],
    ['counts', '/runs/counts?from=0'],
    ['transfers with their last runs', '/site-transfers'],
    ['sites with their last runs', '/sites'],
  ] as const) {
    const first = await ask(url, api, path)
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) times.push(await ask(url, api, path))
    const more = { first, median: quantile(times, 0.5) }
    const value = quantile(times, 0.95)
    figures.push({ part: 'lists', on, name: `runs: ${name}`, unit: 'ms', value, target: TARGET_MS, more })
  }
  return figures
}

/** Runs of twenty transfers and sites, one in ten of which has failed. */
async function fill(desk: Desk, stored: number): Promise<void> {
  const { runs } = desk.store.initiated
  for (let index = 0; index < TRANSFERS; index++) {
    await desk.site({ name: `s${index}`, host: '127.0.0.1', protocol: 'ftp' })
    await desk.define({
      name: `t${index}`,
      steps: [{ do: 'push', site: `s${index}`, from: { folder: '/nowhere' } }],
    })
  }
  const perSite = Object.fromEntries(Array.from({ length: TRANSFERS }, (_, index) => [`s${index}`, CHUNK]))
  for (let made = 0; made < stored; made += CHUNK) {
    const now = Date.now() - (stored - made) * 100
    const rows = await runs.enqueue(
      Array.from({ length: Math.min(CHUNK, stored - made) }, (_, index) => ({
        transfer: `t${index % TRANSFERS}`,
        sites: [`s${index % TRANSFERS}`],
        cause: { kind: 'request' as const, text: 'for the lists', properties: {} },
        definition: null,
        dueAt: now,
      })),
      now,
    )
    await runs.lease({ node: 'fill', now, until: now + 60_000, limit: CHUNK, perSite })
    await runs.saveAll(
      'fill',
      rows.map(({ id }, index) => ({
        id,
        ...{ state: index % 10 === 0 ? ('failed' as const) : ('succeeded' as const) },
        ...{ startedAt: now, endedAt: now + 50, attempt: 1, files: 1, filesDone: 1, bytes: 10_240 },
        ...(index % 10 === 0 && { error: { code: 'FTP_CONNECT', text: 'The partner does not answer.' } }),
      })),
    )
  }
}

async function inTheMiddle(desk: Desk, stored: number): Promise<string> {
  let before: string | undefined
  for (let seen = 0; seen < stored / 2; seen += 500) {
    before = (await desk.store.initiated.runs.list({ limit: 500, ...(before !== undefined && { before }) }))
      .next
    if (before === undefined) throw new BenchError('fewer runs are stored than were made')
  }
  return before ?? ''
}

/** Milliseconds until the whole answer is here. */
async function ask(url: string, { cookie }: ApiClient, path: string): Promise<number> {
  const start = performance.now()
  const signal = AbortSignal.timeout(60_000)
  const response = await fetch(`${url}/api/v1${path}`, { headers: { cookie }, signal })
  const text = await response.text()
  if (!response.ok) throw new BenchError(`${path}: ${response.status} ${text}`)
  return performance.now() - start
}
