import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PAGES } from '../../e2e/console/pages.ts'
import { openPage, startBrowser } from '../../e2e/support/browser.ts'
import { ADMIN, type ServedConsole, serveConsole, setUp } from '../../e2e/support/console.ts'
import { Dialogue } from '../../e2e/support/dialogue.ts'
import { makeScratch } from '../../e2e/support/scratch.ts'
import { median } from '../figures.ts'
import type { ConsoleFigure } from './figure.ts'
import { descendants, memoryOfOne } from './processes.ts'
import { writeSettings } from './stand.ts'

/** The most that the controller may hold idle, in MB. */
const TARGET_MB = 150
const ROUNDS = 3
/** After this time nothing moves any more, in milliseconds. */
const SETTLE_MS = 4_000

const LOGINS = 16

const WARM = 'compiled code cached'
const COLD = 'the very first start'

/** What controller and worker hold: after a start, after a sign-in, after every page was opened. */
export async function measureMemory(): Promise<ConsoleFigure[]> {
  const seen = new Map<string, { rss: number; pss: number }[]>()
  const note = async (what: string, serving: ServedConsole) => {
    await sleep(SETTLE_MS)
    const worker = descendants('worker/process.ts')[0]
    for (const [who, pid] of [['controller', serving.pid] as const, ['worker', worker] as const]) {
      if (pid === undefined) continue
      const key = `${who}, ${what}`
      seen.set(key, [...(seen.get(key) ?? []), memoryOfOne(pid)])
    }
  }
  await start(async () => {})
  for (let round = 0; round < ROUNDS; round++) {
    await start(serving => note(COLD, serving), { cold: true })
    await start(async serving => {
      await note(WARM, serving)
      await setUp(serving)
      await note('after a sign-in', serving)
      await openEveryPage(serving.url)
      await note('after every page', serving)
      await hashAtOnce(serving.ftpPort)
      await note(`after ${LOGINS} logins at once`, serving)
    })
  }
  return [...seen].map(([name, memories]) => ({
    part: 'memory',
    name,
    unit: 'MB',
    value: median(memories.map(({ rss }) => rss)),
    more: { PSS: median(memories.map(({ pss }) => pss)) },
    ...(name.startsWith('controller') && { target: TARGET_MB }),
  }))
}

async function start(
  look: (serving: ServedConsole) => Promise<void>,
  { cold = false }: { cold?: boolean } = {},
): Promise<void> {
  await using scratch = await makeScratch()
  await writeSettings(join(scratch.path, 'data'))
  const before = process.env.NODE_COMPILE_CACHE
  if (cold) process.env.NODE_COMPILE_CACHE = join(scratch.path, 'compiled')
  try {
    await using serving = await serveConsole([], { cwd: scratch.path })
    await look(serving)
  } finally {
    if (before === undefined) delete process.env.NODE_COMPILE_CACHE
    else process.env.NODE_COMPILE_CACHE = before
  }
}

/** Passwords are hashed, wrong ones as well; each from an address of its own, which no ban meets. */
async function hashAtOnce(port: number): Promise<void> {
  await Promise.all(
    Array.from({ length: LOGINS }, async (_, at) => {
      await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port, from: `127.2.0.${at + 1}` })
      await dialogue.ask('USER nobody', 331)
      await dialogue.ask('PASS wrong', 530)
    }),
  )
}

async function openEveryPage(url: string): Promise<void> {
  await using browser = await startBrowser()
  await using watched = await openPage(browser, { width: 1280 })
  const { page } = watched
  await page.goto(url)
  await page.getByLabel('Name').fill(ADMIN.name)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.keyboard.press('Enter')
  await page.locator('.uplot canvas').first().waitFor()
  for (const { path } of PAGES) {
    await page.goto(`${url}${path}`)
    await page.locator('main').waitFor()
    await page.waitForTimeout(300)
  }
}
