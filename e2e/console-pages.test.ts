import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { type BusyNode, PASSWORD, startBusyNode } from './console/busy-node.ts'
import { axeFaults, openAs, overflow } from './console/look.ts'
import { accessPages, LOOKS, PAGES, runPages } from './console/pages.ts'
import { CHROMIUM, openPage, startBrowser } from './support/browser.ts'
import { signIn } from './support/console.ts'
import { until } from './support/within.ts'

const HEIGHT = 844

const skip = CHROMIUM === undefined && 'chromium is not installed'

describe('the web console in a browser', { skip }, () => {
  let busy: BusyNode
  let browser: Browser
  before(async () => {
    ;[busy, browser] = await Promise.all([startBusyNode(), startBrowser()])
  })
  after(async () => {
    await browser?.close()
    await busy?.[Symbol.asyncDispose]()
  })

  // Each width and each scheme once: colours are the same at both widths, and places in both schemes.
  for (const [look, other] of [
    [LOOKS[0], LOOKS[3]],
    [LOOKS[3], LOOKS[0]],
  ] as const) {
    it(`shows every page at ${look.width} pixels in ${look.scheme}, without a complaint and without a serious fault of access, and fits when it becomes ${other.width} wide`, async () => {
      const { node, api } = busy
      await using watched = await openAs(browser, node.url, api, look)
      const { page, complaints } = watched
      const found: string[] = []
      for (const { path, shows } of [...PAGES, ...(await runPages(api)), ...(await accessPages(api))]) {
        await page.goto(`${node.url}${path}`)
        await page
          .locator('main')
          .getByText(shows)
          .first()
          .waitFor()
          .catch(() => found.push(`${path}: does not show ${shows}`))
        for (const fault of await axeFaults(page))
          found.push(`${path}: ${fault.id}: ${fault.help}: ${fault.where.slice(0, 3).join(', ')}`)
        const wide = await overflow(page)
        if (wide > 0) found.push(`${path}: ${wide} pixels wider than the window`)
        await page.setViewportSize({ width: other.width, height: HEIGHT })
        // A page that is made smaller is laid out in several steps.
        const fits = async () => {
          const wide = await overflow(page)
          return wide <= 0 || `${wide} pixels wider than a window that became ${other.width}`
        }
        await until(fits, { limitMs: 3_000 }).catch(({ message }) => found.push(`${path}: ${message}`))
        await page.setViewportSize({ width: look.width, height: HEIGHT })
        for (const complaint of complaints()) found.push(`${path}: ${complaint}`)
      }
      assert.deepEqual(found, [])
    })
  }

  it('asks who does not come with a cookie to sign in, and brings them to where they wanted', async () => {
    await using watched = await openPage(browser, { width: 1280 })
    const { page } = watched
    await page.goto(`${busy.node.url}/users`)
    await page.getByLabel('Name').fill('olga')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.locator('main').getByText('northwind').first().waitFor()
    assert.match(page.url(), /\/users/)
    // An operator sees neither the page nor the way to it.
    assert.equal(await page.getByRole('link', { name: 'Tokens' }).count(), 0)
    assert.deepEqual(watched.complaints(), [])
  })

  it('shows a user of the Files page nothing of the administration', async () => {
    const user = await signIn(busy.node.url, { name: 'alice', password: PASSWORD, realm: 'user' })
    await using watched = await openAs(browser, busy.node.url, user, { width: 1280 })
    await watched.page.goto(`${busy.node.url}/files`)
    await watched.page.getByText('photo of the harbour.jpg').first().waitFor()
    await watched.page.goto(`${busy.node.url}/users`)
    assert.equal(await watched.page.getByText('northwind').count(), 0)
    assert.equal((await user.call('GET', '/users')).status, 403)
  })
})
