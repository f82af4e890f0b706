import { openPage, startBrowser } from '../../e2e/support/browser.ts'
import { ADMIN } from '../../e2e/support/console.ts'
import { median } from '../figures.ts'
import type { ConsoleFigure } from './figure.ts'

const ROUNDS = 5
/** The most that comes over the wire, in kB of a thousand bytes. */
const TARGET_KB = 300

interface Visit {
  readonly kilobytes: number
  readonly requests: number
  /** Milliseconds from the first request of the page to its form, and from Enter to the first plot. */
  readonly form: number
  readonly plot: number
}

/** A browser that was never here signs in: all that comes until the overview stands. */
export async function measurePage(url: string): Promise<ConsoleFigure[]> {
  const visits: Visit[] = []
  for (let round = 0; round < ROUNDS; round++) visits.push(await visit(url))
  const of = (figure: (one: Visit) => number) => median(visits.map(figure))
  const part = 'page'
  return [
    {
      part,
      name: 'sign-in and overview, over the wire with heads',
      unit: 'kB',
      value: of(one => one.kilobytes),
      target: TARGET_KB,
    },
    { part, name: 'requests', unit: 'number', value: of(one => one.requests) },
    { part, name: 'to the sign-in form', unit: 'ms', value: of(one => one.form) },
    { part, name: 'from Enter to the first plot', unit: 'ms', value: of(one => one.plot) },
  ]
}

async function visit(url: string): Promise<Visit> {
  await using browser = await startBrowser()
  await using watched = await openPage(browser, { width: 1280 })
  const { page } = watched
  const wire = await page.context().newCDPSession(page)
  let bytes = 0
  let requests = 0
  wire.on('Network.requestWillBeSent', () => {
    requests++
  })
  wire.on('Network.responseReceived', ({ response }) => {
    bytes += response.encodedDataLength
  })
  wire.on('Network.dataReceived', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  await wire.send('Network.enable')
  const start = performance.now()
  await page.goto(url)
  await page.getByLabel('Name').fill(ADMIN.name)
  const form = performance.now() - start
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  const entered = performance.now()
  await page.keyboard.press('Enter')
  await page.locator('.uplot canvas').first().waitFor()
  const plot = performance.now() - entered
  await page.waitForTimeout(1_000)
  return { kilobytes: bytes / 1_000, requests, form, plot }
}
