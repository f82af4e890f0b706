import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { axeFaults, openAs, overflow } from './console/look.ts'
import { CHROMIUM, startBrowser, type WatchedPage } from './support/browser.ts'
import { type ApiClient, type ServedConsole, serveConsole, setUp, signIn } from './support/console.ts'
import { makeScratch, type Scratch } from './support/scratch.ts'
import { until } from './support/within.ts'

const PASSWORD = 'correct horse battery'
const bytes = (text: string) => ({ mimeType: 'application/octet-stream', buffer: Buffer.from(text) })
const row = (page: Page, name: string) => page.locator('tr[data-index]').filter({ hasText: name })
const listing = (page: Page) => page.getByRole('grid')

describe('the Files page in a browser', {
  skip: CHROMIUM === undefined && 'chromium is not installed',
}, () => {
  const stack = new AsyncDisposableStack()
  let scratch: Scratch
  let node: ServedConsole
  let admin: ApiClient
  let browser: Browser
  let homes = 0

  before(async () => {
    scratch = stack.use(await makeScratch())
    node = stack.use(await serveConsole([], { cwd: scratch.path }))
    admin = await setUp(node)
    browser = stack.use(await startBrowser())
  })
  after(() => stack.disposeAsync())

  /** A new user with these files, signed in, on the Files page. */
  async function opened(
    files: Readonly<Record<string, string>>,
    user: object = {},
    look: Parameters<typeof openAs>[3] = { width: 1280 },
  ): Promise<WatchedPage & { readonly home: string }> {
    const name = `user${++homes}`
    await admin.must('POST', '/users', { name, password: PASSWORD, ...user })
    const home = join(scratch.path, 'data/files', name)
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(home, path, '..'), { recursive: true })
      await writeFile(join(home, path), text)
    }
    const who = await signIn(node.url, { name, password: PASSWORD, realm: 'user' })
    const watched = await openAs(browser, node.url, who, look)
    await watched.page.goto(`${node.url}/files`)
    await watched.page.getByRole('heading', { name: 'Home' }).waitFor()
    return { ...watched, home }
  }

  it('uploads, asks when a name is taken, and shows what is there', async () => {
    await using tab = await opened({ 'notes.txt': 'old', 'list.csv': 'old' })
    const { page, home } = tab
    await row(page, 'notes.txt').waitFor()
    const input = page.getByLabel('Files to upload')
    await input.setInputFiles([
      { name: 'notes.txt', ...bytes('new') },
      { name: 'list.csv', ...bytes('new') },
      { name: 'fresh.txt', ...bytes('fresh') },
    ])
    const question = page.getByRole('dialog')
    await question.getByText('“notes.txt” is there already').waitFor()
    await question.getByRole('button', { name: 'Keep both' }).click()
    await question.getByText('“list.csv” is there already').waitFor()
    await question.getByRole('button', { name: 'Replace' }).click()
    await page.getByRole('region', { name: 'Uploads' }).getByText('3 uploaded').waitFor()
    await row(page, 'notes (2).txt').waitFor()
    await row(page, 'fresh.txt').waitFor()
    const texts = ['notes.txt', 'notes (2).txt', 'list.csv', 'fresh.txt'].map(name =>
      readFile(join(home, name), 'utf8'),
    )
    assert.deepEqual(await Promise.all(texts), ['old', 'new', 'new', 'fresh'])
    assert.deepEqual(tab.complaints(), [])
  })

  it('takes folders with all that is in them, by dragging', async () => {
    await using tab = await opened({ 'a.txt': '1' })
    const { page, home } = tab
    await row(page, 'a.txt').waitFor()
    const source = join(scratch.path, `source${homes}`)
    await mkdir(join(source, 'tree/sub/empty'), { recursive: true })
    await writeFile(join(source, 'tree/sub/two.txt'), 'two')
    await writeFile(join(source, 'plain.txt'), 'plain')
    const client = await page.context().newCDPSession(page)
    const data = {
      items: [],
      files: [join(source, 'tree'), join(source, 'plain.txt')],
      dragOperationsMask: 1,
    }
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await client.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
      if (type === 'dragOver') await page.getByText('Drop to upload into “Home”').waitFor()
    }
    await page.getByText('3 uploaded').first().waitFor()
    assert.equal(await readFile(join(home, 'tree/sub/two.txt'), 'utf8'), 'two')
    assert.ok(existsSync(join(home, 'tree/sub/empty')) && existsSync(join(home, 'plain.txt')))
    await row(page, 'tree').getByRole('link').click()
    await page.getByRole('heading', { name: 'tree' }).waitFor()
    assert.deepEqual(tab.complaints(), [])
  })

  it('is worked by the keyboard: arrows, Enter, Backspace, F2, Ctrl+A, Delete', async () => {
    await using tab = await opened({ 'docs/a.txt': '1', 'docs/b.txt': '2', 'z.txt': '3' })
    const { page, home } = tab
    await row(page, 'z.txt').waitFor()
    await listing(page).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await row(page, 'b.txt').waitFor()
    assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('F2')
    await page.getByRole('textbox', { name: 'New name' }).waitFor()
    // Without its ending, so that typing keeps it.
    await until(async () => {
      const selected = String(await page.evaluate('String(document.getSelection())'))
      return selected === 'b' || selected
    })
    await page.keyboard.type('renamed')
    await page.keyboard.press('Enter')
    await row(page, 'renamed.txt').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.getByRole('dialog').getByText('Delete 2 entries?').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('Nothing is here yet').waitFor()
    assert.deepEqual(await readdir(join(home, 'docs')), [])
    assert.deepEqual(tab.complaints(), [])
  })

  it('downloads a file as it is, and a folder as a zip', async () => {
    await using tab = await opened({ 'docs/a.txt': '1', 'naïve €.txt': 'text' })
    const { page } = tab
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      row(page, 'naïve').getByRole('link').click(),
    ])
    assert.equal(file.suggestedFilename(), 'naïve €.txt')
    assert.equal(await readFile(await file.path(), 'utf8'), 'text')
    await row(page, 'docs').getByRole('button').click()
    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Download as zip' }).click(),
    ])
    assert.equal(zip.suggestedFilename(), 'docs.zip')
    assert.equal((await readFile(await zip.path())).subarray(0, 2).toString(), 'PK')
    assert.deepEqual(tab.complaints(), [])
  })

  it('says what a quota and permissions do not allow, in words', async () => {
    await using tab = await opened(
      { 'kept/a.txt': '1' },
      {
        quota: { bytes: 1_000 },
        permissions: [
          { path: '/', allow: 'all' },
          { path: '/kept', allow: 'readOnly' },
        ],
      },
    )
    const { page } = tab
    await page.getByText('999 B of 1,000 B left').waitFor()
    await page.getByLabel('Files to upload').setInputFiles([{ name: 'large', ...bytes('x'.repeat(2_000)) }])
    await page.getByText('Only 999 bytes are left of your quota').waitFor()
    await listing(page).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Delete')
    await page.getByText('You may not delete “kept”').waitFor()
    await page.keyboard.press('Enter')
    await row(page, 'a.txt').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Upload', exact: true }).count(), 0)
  })

  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`can be used by everybody at ${width} pixels, ${scheme}`, async () => {
        const files = { 'docs/a.txt': '1', [`${'a long name '.repeat(12)}.txt`]: '2', 'photo.jpg': '3' }
        await using tab = await opened(files, {}, { width, scheme })
        const { page } = tab
        await row(page, 'photo.jpg').waitFor()
        assert.deepEqual(await axeFaults(page), [])
        assert.equal(await overflow(page), 0)
        await row(page, 'photo.jpg').getByRole('checkbox').click()
        await page.getByRole('toolbar').waitFor()
        assert.deepEqual(await axeFaults(page), [])
        assert.equal(await overflow(page), 0)
        await page.getByLabel('Files to upload').setInputFiles([
          { name: 'photo.jpg', ...bytes('new') },
          { name: 'other.bin', ...bytes('new') },
        ])
        await page.getByRole('dialog').getByText('is there already').waitFor()
        assert.deepEqual(await axeFaults(page), [])
        await page.getByRole('button', { name: 'Skip' }).click()
        await page.getByText('1 uploaded, 1 skipped').first().waitFor()
        assert.deepEqual(await axeFaults(page), [])
        assert.equal(await overflow(page), 0)
        assert.deepEqual(tab.complaints(), [])
      })
    }
  }
})
