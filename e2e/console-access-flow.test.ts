import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { startAgent, startConnector, startEdge } from '@portolan/gateway'
import type { Page } from 'playwright-core'
import { arrangeAccess } from './console/access.ts'
import { startAccessParts } from './console/access-parts.ts'
import { openAs } from './console/look.ts'
import { PARTNER_LOGIN, startPartner } from './console/partner.ts'
import { addUser, go, PASSWORD, setUpInBrowser } from './console/person.ts'
import { CHROMIUM, openPage, startBrowser } from './support/browser.ts'
import { type ServedConsole, serveConsole, setUp, signIn } from './support/console.ts'
import { freePorts } from './support/ports.ts'
import { findProgram, mustSucceed, runProgram } from './support/programs.ts'
import { makeScratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const skip =
  (CHROMIUM === undefined && 'chromium is not installed') ||
  (findProgram('curl') === undefined && 'curl is not installed')

const SIZE = 400_000

/** A node that is a controller as soon as somebody says so, on a port of its own. */
async function serve(cwd: string, enabled: boolean): Promise<ServedConsole> {
  const { basePort, numberOfPorts } = await freePorts(24)
  await mkdir(join(cwd, 'data'), { recursive: true })
  const text = `passive: { basePort: ${basePort}, numberOfPorts: ${numberOfPorts} }
tls: { selfSigned: true }
server: { dataFolder: . }
gateway: { enabled: ${enabled}, host: 127.0.0.1, port: 0 }
`
  await writeFile(join(cwd, 'data', 'portolan.yaml'), text)
  return serveConsole([], { cwd })
}

/** The invitation in a command that the page shows. */
async function invitationIn(place: ReturnType<Page['locator']>, part: string): Promise<string> {
  const line = place.locator('code', { hasText: `portolan ${part} --key` })
  await line.waitFor()
  return /--key (\S+)/.exec((await line.textContent()) ?? '')?.[1] ?? ''
}

/** Makes a provisioning key by the guide, and answers its invitation. */
async function makeKey(page: Page, part: 'edge' | 'connector'): Promise<string> {
  await page.getByRole('button', { name: new RegExp(`Make a key for an? ${part}`) }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill(`${part}s`)
  await dialog.getByRole('button', { name: 'Make the key' }).click()
  const invitation = await invitationIn(dialog, part)
  await dialog.getByRole('button', { name: 'Done' }).click()
  return invitation
}

const rulesOf = (page: Page) =>
  page.getByRole('list', { name: 'Rules in their order' }).locator('> li').locator('button:first-child')

/** The names of the rules, as they stand. */
async function ruleNames(page: Page): Promise<readonly string[]> {
  const texts = await page
    .getByRole('list', { name: 'Rules in their order' })
    .getByRole('switch')
    .evaluateAll(switches => switches.map(one => one.getAttribute('aria-label') ?? ''))
  return texts.map(text => text.replace(' is enabled', ''))
}

it('a person opens the access path step by step, and a file comes through it that the log then knows', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  await using node = await serve(scratch.path, false)
  await using browser = await startBrowser()
  await using watched = await openPage(browser, { width: 1280 })
  const { page } = watched
  await setUpInBrowser(page, node)
  // Before somebody has signed in, the API says 401 to the question who it is, and Chromium tells of it.
  watched.complaints()
  await addUser(page, 'alice')

  await go(page, 'Access overview')
  await page.getByRole('button', { name: 'Enable', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Add a segment' }).click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('files')
  await dialog.getByRole('textbox', { name: 'FTP server' }).fill('127.0.0.1')
  await dialog.getByRole('textbox', { name: 'Control port' }).fill(String(node.ftpPort))
  await dialog.getByRole('button', { name: 'Add the segment' }).click()
  await page.getByText('The segment files is there').waitFor()
  await page.getByRole('button', { name: 'Allow people' }).click()
  await dialog.getByRole('combobox', { name: 'Users' }).fill('alice')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('The rule is in force').waitFor()

  const part = (name: string) => ({
    folder: join(scratch.path, name),
    version: '0.1.0',
    onEvent: () => undefined,
  })
  await using _edge = await startEdge({
    ...part('edge'),
    invitation: await makeKey(page, 'edge'),
    name: 'edge-1',
    host: '127.0.0.1',
    port: 0,
    addresses: [],
  })
  await using _connector = await startConnector({
    ...part('connector'),
    invitation: await makeKey(page, 'connector'),
    name: 'connector-1',
  })
  await page.getByRole('heading', { name: 'Nothing stands in the way' }).waitFor()
  const socks = Promise.withResolvers<string>()
  await using _agent = await startAgent({
    ...part('agent'),
    invitation: await invitationIn(page.locator('main'), 'agent'),
    user: 'alice',
    device: 'laptop',
    labels: [],
    credentials: async () => ({ password: PASSWORD }),
    intercept: { socks5: { host: '127.0.0.1', port: 0 } },
    onEvent: event => {
      if (event.type === 'listening') socks.resolve(event.address)
    },
  })

  const content = randomBytes(SIZE)
  await writeFile(join(scratch.path, 'list.csv'), content)
  const url = `ftp://127.0.0.1:${node.ftpPort}/list.csv`
  const login = ['--silent', '--show-error', '--user', `alice:${PASSWORD}`]
  const curl = async (args: readonly string[]) =>
    mustSucceed('curl', await runProgram('curl', [...login, ...args], { cwd: scratch.path }))
  await curl(['--upload-file', 'list.csv', url])
  // Connectors are told of their edges a moment after they have enrolled.
  const through = ['--socks5-hostname', await socks.promise, '--retry', '20', '--retry-all-errors']
  await curl([...through, '--retry-delay', '1', '--output', 'fetched.csv', url])
  assert.deepEqual(await readFile(join(scratch.path, 'fetched.csv')), content)

  const api = await signIn(node.url)
  const logged = async () => {
    const { items } = await api.must<{ items: { Role: string; ConnectionStatus: string }[] }>(
      'GET',
      '/access/streams',
    )
    return items.some(one => one.Role === 'data' && one.ConnectionStatus === 'close') || 'not in the log'
  }
  await until(logged, { everyMs: 100 })
  await go(page, 'Access log')
  await page
    .getByRole('row', { name: /391 KiB/ })
    .getByRole('button', { name: 'alice' })
    .click()
  await dialog.getByText('ServerSetupTime').waitFor()
  await dialog.getByRole('link', { name: 'The whole session as one timeline' }).click()
  await page.getByRole('heading', { name: /^alice at 127\.0\.0\.1/ }).waitFor()
  await page.getByText(/RETR list\.csv → 226/).waitFor()
  assert.deepEqual(watched.complaints(), [])
})

it('rules are ordered by mouse and by keyboard, the one that decides is shown, and nobody else’s change is overwritten', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  await using node = await serve(scratch.path, true)
  await using browser = await startBrowser()
  const api = await setUp(node)
  await api.must('POST', '/groups', { name: 'staff' })
  await api.must('POST', '/groups', { name: 'partners' })
  for (const name of ['alice', 'scanner-3f'])
    await api.must('POST', '/users', { name, password: PASSWORD, groups: ['staff'] })
  await arrangeAccess(api, { host: '127.0.0.1', port: node.ftpPort })
  await using watched = await openAs(browser, node.url, api, { width: 1280 })
  const { page } = watched
  await page.goto(`${node.url}/access/policy`)
  const [deny, allow, archive] = [
    'No contractors from outside',
    'Staff in the hours of the office',
    'Partners to the archive',
  ]
  await rulesOf(page).first().waitFor()
  assert.deepEqual(await ruleNames(page), [deny, allow, archive])

  await page.locator('[draggable=true]').nth(2).dragTo(page.getByText(deny))
  assert.deepEqual(await ruleNames(page), [archive, deny, allow])
  await page.getByRole('button', { name: `Move ${allow} up` }).press('Enter')
  assert.deepEqual(await ruleNames(page), [archive, allow, deny])
  // The focus goes along with the rule.
  await page.keyboard.press('Enter')
  assert.deepEqual(await ruleNames(page), [allow, archive, deny])
  // As seen from what was saved, one rule has moved to the end.
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  await page.getByText('The access policy is saved').waitFor()
  const saved = await api.must<{ rules: { name: string }[]; revision: number }>(
    'GET',
    '/access/access-policy',
  )
  assert.deepEqual(
    saved.rules.map(({ name }) => name),
    [allow, archive, deny],
  )

  await page.getByRole('combobox', { name: 'User' }).fill('alice')
  await page.getByRole('textbox', { name: 'Address or name' }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(node.ftpPort))
  await page.getByRole('button', { name: 'Try', exact: true }).click()
  await page.getByText(`Access rule 1 “${allow}” allows it.`).waitFor()
  await page.getByRole('listitem').filter({ hasText: allow }).getByText('decided').waitFor()

  const { rules, revision } = saved
  await api.must('PUT', '/access/access-policy', { rules: rules.slice(1), revision })
  await page.getByRole('switch', { name: `${deny} is enabled` }).click({ force: true })
  await page.getByRole('button', { name: 'Save 1 change' }).click()
  await page.getByText('Somebody else has saved this policy meanwhile').waitFor()
  await page.getByRole('button', { name: 'Show what is saved now' }).click()
  await page.getByRole('button', { name: allow, exact: true }).waitFor({ state: 'detached' })
  assert.deepEqual(await ruleNames(page), [archive, deny])
  // What was tried is tried again with what is saved now.
  await page.getByText('No access rule allows it.').first().waitFor()
  await page.getByRole('listitem').filter({ hasText: 'Everybody else' }).getByText('decided').waitFor()
  const complaints = watched.complaints()
  assert.equal(complaints.length, 1, complaints.join('\n'))
  assert.match(complaints[0] ?? '', /409/)
})

it('a stream that is kicked is gone from the live ones, and its session says why it ended', {
  skip,
}, async () => {
  await using scratch = await makeScratch()
  await using node = await serve(scratch.path, true)
  await using browser = await startBrowser()
  await using partner = await startPartner()
  const api = await setUp(node)
  await api.must('POST', '/groups', { name: 'staff' })
  await api.must('POST', '/groups', { name: 'partners' })
  for (const name of ['alice', 'bob', 'scanner-3f'])
    await api.must('POST', '/users', { name, password: PASSWORD, groups: ['staff'] })
  const target = { host: '127.0.0.1', port: partner.port, ...PARTNER_LOGIN }
  const edge = await arrangeAccess(api, target)
  await using _parts = await startAccessParts({
    api,
    target,
    edge,
    user: { name: 'bob', password: PASSWORD },
  })
  await using watched = await openAs(browser, node.url, api, { width: 1280 })
  const { page } = watched
  await page.goto(`${node.url}/access/streams`)
  const data = page.getByRole('row', { name: /data warehouse/ })
  const session = await data.getByRole('link', { name: 'bob' }).getAttribute('href')
  await data.getByRole('button', { name: /^Kick the stream of bob/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Kick' }).click()
  await data.waitFor({ state: 'detached' })
  await page.goto(`${node.url}${session}`)
  await page.getByText('EDG_KICKED').first().waitFor()
  assert.deepEqual(watched.complaints(), [])
})
