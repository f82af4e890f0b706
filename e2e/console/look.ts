import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { type Look, openPage, type WatchedPage } from '../support/browser.ts'
import type { ApiClient } from '../support/console.ts'

/** axe-core, as a text that a page can run. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A fault that axe found: who uses a screen reader, or sees badly, cannot use the page. */
export interface AxeFault {
  readonly id: string
  readonly impact: string
  readonly help: string
  readonly where: readonly string[]
}

/** Opens a page as somebody who has signed in. */
export async function openAs(
  browser: Browser,
  url: string,
  who: ApiClient,
  look: Look,
): Promise<WatchedPage> {
  const watched = await openPage(browser, look)
  const [name = '', value = ''] = who.cookie.split('=')
  await watched.page.context().addCookies([{ name, value, url, sameSite: 'Strict', httpOnly: true }])
  return watched
}

/** Faults of a page that are serious or critical. */
export async function axeFaults(page: Page): Promise<AxeFault[]> {
  // Run by the debugger, which the page's policy does not bind.
  const client = await page.context().newCDPSession(page)
  await client.send('Runtime.evaluate', { expression: AXE })
  const { result } = await client.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(found => JSON.stringify(found.violations.map(fault => ({
      id: fault.id, impact: fault.impact, help: fault.help, where: fault.nodes.map(node => node.target.join(' ')) }))))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await client.detach()
  const faults: AxeFault[] = JSON.parse(String(result.value))
  return faults.filter(({ impact }) => impact === 'serious' || impact === 'critical')
}

/** Whether the page is wider than the window: on a phone, that is a page one has to push to and fro. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
