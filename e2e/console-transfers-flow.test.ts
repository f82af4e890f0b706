import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import type { Page } from 'playwright-core'
import { addUser, go, PASSWORD, setUpInBrowser } from './console/person.ts'
import { type LabServer, startServer } from './lab/servers/start.ts'
import { skipServer } from './lab/servers/workshop.ts'
import { CHROMIUM, openPage, startBrowser } from './support/browser.ts'
import { serveConsole } from './support/console.ts'
import { mustSucceed, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'

const skip = (CHROMIUM === undefined && 'chromium is not installed') || (await skipServer('vsftpd'))
const SIZE = 3_000_000
/** The doctor tries every way there is. */
const TEST_MS = 60_000

async function addSite(page: Page, { host, port, user, password }: LabServer): Promise<void> {
  await go(page, 'Transfer sites')
  await page.getByRole('button', { name: 'Add a site' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a transfer site' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('acme')
  await dialog.getByRole('textbox', { name: 'Host' }).fill(host)
  await dialog.getByRole('textbox', { name: 'Port' }).fill(String(port))
  await dialog.getByRole('textbox', { name: 'User' }).fill(user)
  await dialog.getByRole('textbox', { name: 'Password' }).fill(password)
  await dialog.getByRole('button', { name: 'Add the site' }).click()
  await page.getByRole('heading', { name: 'acme', level: 1 }).waitFor()
}

/** Presses *Test connection*, and waits for what comes of it. */
async function testConnection(page: Page, outcome: 'passed' | 'failed'): Promise<void> {
  const panel = page.getByRole('region', { name: 'Test connection' })
  await panel.getByRole('button', { name: 'Test connection' }).click()
  await panel.getByRole('status').getByText(outcome, { exact: true }).waitFor({ timeout: TEST_MS })
}

async function trustAuthority(page: Page, pem: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Authorities' }).fill(pem)
  await page.getByRole('button', { name: /^Save/ }).click()
  await page.getByText('is saved').first().waitFor()
}

async function addTransfer(page: Page): Promise<void> {
  await go(page, 'Site transfers')
  await page.getByRole('button', { name: 'Add a transfer' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a site transfer' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('orders-to-acme')
  await dialog.getByRole('combobox', { name: 'Site', exact: true }).fill('acme')
  await dialog.getByRole('combobox', { name: 'Files of the user' }).fill('alice')
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill('/outbox')
  await dialog.getByRole('button', { name: 'Add the transfer' }).click()
  await page.getByRole('heading', { name: 'orders-to-acme', level: 1 }).waitFor()
}

it('a person makes a site, tests it, makes a transfer for what arrives, and watches an upload reach the partner', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  await using partner = await startServer('vsftpd', { tls: 'explicit' })
  await using node = await serveConsole([], { cwd: scratch.path })
  await using browser = await startBrowser()
  await using watched = await openPage(browser, { width: 1280 })
  const { page } = watched
  await setUpInBrowser(page, node)
  // Before somebody has signed in, the API says 401 to the question who it is, and Chromium tells of it.
  watched.complaints()
  await addUser(page, 'alice')

  await addSite(page, partner)
  await testConnection(page, 'failed')
  await trustAuthority(page, await readFile(partner.certificate ?? '', 'utf8'))
  await testConnection(page, 'passed')
  await addTransfer(page)

  const content = randomBytes(SIZE)
  const file = join(scratch.path, 'order.csv')
  await writeFile(file, content)
  const login = ['--silent', '--show-error', '--ssl-reqd', '-k', '-u', `alice:${PASSWORD}`]
  const url = `ftp://127.0.0.1:${node.ftpPort}/outbox/order.csv`
  await go(page, 'Runs')
  mustSucceed('curl', await runProgram('curl', [...login, '--ftp-create-dirs', '-T', file, url]))
  const row = page.getByRole('table', { name: 'Runs' }).getByRole('row').filter({ hasText: 'orders-to-acme' })
  await row.getByText('succeeded').waitFor({ timeout: 30_000 })
  assert.ok((await readFile(join(partner.files, 'order.csv'))).equals(content))

  await row.getByRole('link', { name: 'orders-to-acme' }).click()
  await page.getByRole('heading', { name: 'orders-to-acme', level: 1 }).waitFor()
  const main = page.locator('main')
  await main.getByText('order.csv').first().waitFor()
  await main.getByText(/EPSV/).first().waitFor()
  assert.deepEqual(watched.complaints(), [])
})
