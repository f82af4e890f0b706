import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import type { Page } from 'playwright-core'
import { addUser, go, PASSWORD, setUpInBrowser } from './console/person.ts'
import { CHROMIUM, openPage, startBrowser } from './support/browser.ts'
import { serveConsole } from './support/console.ts'
import { passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { freePorts } from './support/ports.ts'
import { mustSucceed, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { begin } from './support/transfers.ts'

const skip = CHROMIUM === undefined && 'chromium is not installed'
/** More than two sockets hold. */
const LARGE = 16 * 1024 * 1024

/** Changes the passive range and the address told, looks at the difference, saves. */
async function movePassive(page: Page, base: number, count: number, address: string): Promise<void> {
  await go(page, 'FTP Settings')
  const range = page.getByRole('region', { name: 'FTP Passive Mode' })
  await range.getByRole('textbox', { name: 'Base Port' }).fill(String(base))
  await range.getByRole('textbox', { name: 'Number Of Ports' }).fill(String(count))
  const end = range.getByRole('status', { name: 'Port End' })
  assert.equal(await end.textContent(), String(base + count - 1))
  const rules = page.getByRole('region', { name: 'Passive Mode Address Rules' })
  await rules.getByRole('button', { name: 'Add rule' }).click()
  await rules.getByLabel('Address told of rule 1').fill(address)
  await rules.getByText(`will be told ${address}`).waitFor()
  await page.getByRole('button', { name: /^Save/ }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Save the settings' })
  await dialog.getByText('passive.basePort').first().waitFor()
  await dialog.getByLabel('Comment').fill('moved by a test')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

it('a person sets a node up in the browser, makes a user, watches a transfer, moves the ports, kicks and bans', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  await using node = await serveConsole([], { cwd: scratch.path })
  await using browser = await startBrowser()
  await using watched = await openPage(browser, { width: 1280 })
  const { page } = watched
  await setUpInBrowser(page, node)

  await addUser(page, 'alice')
  const content = randomBytes(LARGE)
  const file = join(scratch.path, 'report.bin')
  await writeFile(file, content)
  const login = ['--silent', '--show-error', '--ssl-reqd', '-k', '-u', `alice:${PASSWORD}`]
  const url = `ftp://127.0.0.1:${node.ftpPort}/report.bin`
  mustSucceed('curl', await runProgram('curl', [...login, '-T', file, url]))
  assert.ok((await readFile(join(scratch.path, 'data/files/alice/report.bin'))).equals(content))
  await go(page, 'Transfers log')
  await page.locator('main').getByText('/report.bin').first().waitFor()

  const target = { host: '127.0.0.1', port: node.ftpPort }
  await using session = await (await Dialogue.begin(target)).logIn('alice', PASSWORD)
  await session.ask('TYPE I', 200)
  await using download = await begin(session, 'RETR report.bin', 'PASV')
  await go(page, 'Sessions')
  await page.getByRole('table', { name: 'Live sessions' }).getByRole('link', { name: 'alice' }).click()
  await page.locator('main').getByText('RETR report.bin').first().waitFor()
  await page.locator('main').getByText('PASS ***').first().waitFor()

  const ports = await freePorts(12)
  await movePassive(page, ports.basePort, ports.numberOfPorts, '203.0.113.7')
  await using fresh = await (await Dialogue.begin(target)).logIn('alice', PASSWORD)
  const promised = await passive(fresh, 'PASV')
  assert.equal(promised.host, '203.0.113.7')
  assert.ok(promised.port >= ports.basePort && promised.port < ports.basePort + ports.numberOfPorts)
  await go(page, 'Ports')
  await page.locator('main').getByText(String(ports.basePort)).first().waitFor()
  assert.ok((await download.readAll()).equals(content))
  await session.expect(226)
  await go(page, 'Settings history')
  await page.locator('main').getByText('moved by a test').waitFor()

  await go(page, 'Sessions')
  await page
    .getByRole('button', { name: /^Kick session .* of alice/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Kick', exact: true }).click()
  const ended = await Promise.race([session.expect(421), fresh.expect(421)])
  assert.equal(ended.code, 421)

  await go(page, 'Bans')
  await page.getByRole('button', { name: 'Ban somebody' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Ban somebody' })
  await dialog.getByText('A user', { exact: true }).click()
  await dialog.getByRole('textbox', { name: /user/i }).fill('alice')
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click()
  await page.getByRole('table', { name: 'Bans in force' }).getByText('alice').waitFor()
  await using banned = await Dialogue.begin(target)
  await banned.ask('USER alice', 331)
  await banned.ask(`PASS ${PASSWORD}`, 421)
  await page.getByRole('button', { name: 'Lift the ban of alice' }).click()
  await page.getByRole('dialog').getByRole('button', { name: /^Lift/ }).click()
  await page.getByText('Nobody is banned').waitFor()
  await using back = await (await Dialogue.begin(target)).logIn('alice', PASSWORD)
  await back.ask('NOOP', 200)
  await go(page, 'Audit')
  await page.locator('main').getByText('ban.', { exact: false }).first().waitFor()
  assert.deepEqual(watched.complaints(), [])
})
