import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hashPassword } from '@portolan/server'
import { openAs } from '../../e2e/console/look.ts'
import { startBrowser } from '../../e2e/support/browser.ts'
import { serveConsole, setUp } from '../../e2e/support/console.ts'
import type { DataLink } from '../../e2e/support/data-link.ts'
import { dial, passive } from '../../e2e/support/data-way.ts'
import { Dialogue } from '../../e2e/support/dialogue.ts'
import { makeScratch } from '../../e2e/support/scratch.ts'
import { BenchError } from '../errors.ts'
import type { ConsoleFigure } from './figure.ts'
import { FILED, PASSWORD } from './fill.ts'
import { cpuSeconds, descendants } from './processes.ts'
import { writeSettings } from './stand.ts'

const WATCH_MS = 30_000
/** The most that the tab may use, in percent of a core. */
const TARGET = 20
/** Sessions that begin at once. */
const AT_ONCE = 20
/** Each upload gets a piece of this size every second. */
const PIECE = Buffer.alloc(8_192)
const PIECE_MS = 1_000
/** Groups of uploads: one gets its pieces at a time, spread over the second. */
const GROUPS = 20

/** The Sessions page with so many sessions that change every second, each an upload that goes on. */
export async function measureLive(sessions: number): Promise<ConsoleFigure[]> {
  await using scratch = await makeScratch()
  const folder = join(scratch.path, 'data')
  await mkdir(join(folder, 'files', FILED), { recursive: true })
  const hash = await hashPassword(PASSWORD)
  await writeSettings(folder, `users: [{ name: ${FILED}, home: files/${FILED}, password: '${hash}' }]\n`)
  await using node = await serveConsole([], { cwd: scratch.path })
  const api = await setUp(node)
  await using uploads = new Uploads()
  for (let first = 0; first < sessions; first += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, sessions - first) }, (_, at) => first + at)
    await Promise.all(batch.map(at => uploads.begin(node.ftpPort, `upload-${at}`)))
  }
  const worker = descendants('worker/process.ts')[0] ?? 0
  const idle = await used([node.pid, worker])
  await using browser = await startBrowser()
  await using watched = await openAs(browser, node.url, api, { width: 1280 })
  await watched.page.goto(`${node.url}/sessions`)
  await watched.page.locator('main').getByText(FILED).first().waitFor()
  await sleep(3_000)
  const shown = await watched.page.locator('main').textContent()
  const tabs = descendants('--type=renderer')
  const others = descendants('chromium').filter(pid => !tabs.includes(pid))
  const [controllerUsed = 0, workerUsed = 0, ...browserUsed] = await used([
    node.pid,
    worker,
    ...tabs,
    ...others,
  ])
  if (shown === (await watched.page.locator('main').textContent())) {
    throw new BenchError('the Sessions page stood still while it was measured')
  }
  const part = 'live'
  const name = `${sessions} uploads, the Sessions page open`
  return [
    {
      part,
      name: `${name}: the tab`,
      unit: '% of a core',
      value: Math.max(...browserUsed.slice(0, tabs.length)),
      target: TARGET,
      more: { 'the whole browser': browserUsed.reduce((sum, one) => sum + one, 0) },
    },
    {
      part,
      name: `${name}: the controller`,
      unit: '% of a core',
      value: controllerUsed,
      more: { 'page closed': idle[0] ?? 0 },
    },
    {
      part,
      name: `${name}: the worker`,
      unit: '% of a core',
      value: workerUsed,
      more: { 'page closed': idle[1] ?? 0 },
    },
  ]
}

/** Percent of a core that processes use while one watches. */
async function used(pids: readonly number[]): Promise<number[]> {
  const before = pids.map(cpuSeconds)
  const start = performance.now()
  await sleep(WATCH_MS)
  const seconds = (performance.now() - start) / 1_000
  return pids.map((pid, at) => ((cpuSeconds(pid) - (before[at] ?? 0)) / seconds) * 100)
}

/** Uploads that never end and never stand still. */
class Uploads implements AsyncDisposable {
  readonly #dialogues: Dialogue[] = []
  readonly #links: DataLink[] = []
  #turn = 0
  readonly #timer = setInterval(() => this.#send(), PIECE_MS / GROUPS)

  async begin(port: number, name: string): Promise<void> {
    const dialogue = await Dialogue.begin({ host: '127.0.0.1', port })
    this.#dialogues.push(dialogue)
    await dialogue.logIn(FILED, PASSWORD)
    const link = await dial(await passive(dialogue), '127.0.0.1')
    await dialogue.ask(`STOR ${name}`, 150)
    this.#links.push(link)
  }

  #send(): void {
    const turn = this.#turn++ % GROUPS
    for (const [at, { raw }] of this.#links.entries()) if (at % GROUPS === turn) raw.write(PIECE)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    for (const { raw } of this.#links) raw.destroy()
    for (const dialogue of this.#dialogues) await dialogue[Symbol.asyncDispose]()
  }
}
