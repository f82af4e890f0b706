import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { openAs } from './console/look.ts'
import { CHROMIUM, startBrowser } from './support/browser.ts'
import { servePortolan } from './support/command.ts'
import { serveConsole, setUp } from './support/console.ts'
import { freePorts } from './support/ports.ts'
import { runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'

const PASSWORD = 'a password of alice and of the partner'
const skip = CHROMIUM === undefined && 'chromium is not installed'

test('in the browser: a site is made and tested, and what alice uploads arrives at the partner', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  const inbox = join(scratch.path, 'partner', 'in')
  await mkdir(inbox, { recursive: true })
  const { basePort, numberOfPorts } = await freePorts(24)
  await using partner = await servePortolan(
    [
      join(scratch.path, 'partner'),
      ...['--user', `portolan:${PASSWORD}`, '--listen', '127.0.0.1:0'],
      ...['--passive-ports', `${basePort}:${numberOfPorts}`],
    ],
    { cwd: scratch.path },
  )
  await using node = await serveConsole([], { cwd: scratch.path })
  const api = await setUp(node)
  await api.must('POST', '/users', { name: 'alice', password: PASSWORD })
  await using browser = await startBrowser()
  await using watched = await openAs(browser, node.url, api, { width: 1280 })
  const { page } = watched

  await page.goto(`${node.url}/sites`)
  await addSite(page, String(partner.ports[0]))
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('passed', { exact: true }).waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Browse' }).click()
  await page.getByRole('dialog').getByText('The folder is empty.').waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('navigation').getByRole('link', { name: 'Site transfers' }).click()
  await addTransfer(page)
  await page.getByRole('navigation').getByRole('link', { name: 'Runs', exact: true }).click()
  await page.getByText('Nothing has run yet.', { exact: false }).waitFor()

  const content = randomBytes(300_000)
  const file = join(scratch.path, 'orders-42.csv')
  await writeFile(file, content)
  const login = [
    '--silent',
    '--show-error',
    '--ssl-reqd',
    '-k',
    '--ftp-create-dirs',
    '-u',
    `alice:${PASSWORD}`,
  ]
  const url = `ftp://127.0.0.1:${node.ftpPort}/outbox/orders-42.csv`
  const { code, stderr } = await runProgram('curl', [...login, '-T', file, url])
  assert.equal(code, 0, stderr)

  // Nobody loads the page anew: the run comes by itself.
  await page.getByRole('link', { name: 'orders-to-partner' }).click()
  await page.getByRole('main').getByText('succeeded', { exact: true }).first().waitFor()
  await page.getByRole('main').getByText('passive (EPSV)').first().waitFor()
  assert.ok((await readFile(join(inbox, 'orders-42.csv'))).equals(content))
  assert.deepEqual(watched.complaints(), [])
})

async function addSite(page: Page, port: string): Promise<void> {
  await page.getByRole('button', { name: 'Add a site' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a transfer site' })
  await dialog.getByLabel('Name').fill('partner')
  await dialog.getByRole('combobox', { name: 'Protocol' }).click()
  await page.getByRole('option', { name: 'FTP, in the clear' }).click()
  await dialog.getByLabel('Host').fill('127.0.0.1')
  await dialog.getByLabel('Port').fill(port)
  await dialog.getByLabel('User').fill('portolan')
  await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await dialog.getByLabel('Folder').fill('in')
  await dialog.getByRole('button', { name: 'Add the site' }).click()
  await page.getByRole('heading', { name: 'partner', level: 1 }).waitFor()
}

async function addTransfer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add a transfer' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a site transfer' })
  await dialog.getByLabel('Name').fill('orders-to-partner')
  await dialog.getByRole('combobox', { name: 'Site' }).fill('partner')
  await dialog.getByRole('combobox', { name: 'Files of the user' }).fill('alice')
  await dialog.getByRole('textbox', { name: 'Folder' }).first().fill('/outbox')
  await dialog.getByLabel('Which files').fill('*.csv')
  await dialog.getByRole('button', { name: 'Add the transfer' }).click()
  await page.getByRole('heading', { name: 'orders-to-partner', level: 1 }).waitFor()
}
