import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBrowser } from '../support/browser.ts'
import { signIn } from '../support/console.ts'
import { PASSWORD, startBusyNode } from './busy-node.ts'
import { openAs } from './look.ts'
import { accessPages, LOOKS, PAGES, runPages } from './pages.ts'

/** Time for plots to have something to show, in milliseconds. */
const PLOT_MS = 12_000
/** Time for a page to have drawn what it shows, in milliseconds. */
const DRAWN_MS = 600

// `npm run screenshots [-- --to FOLDER] [--all]`: every page of the console and the Files page, on a desk in light and on a
// phone in dark; with --all at both widths in both schemes.
const { values } = parseArgs({
  options: { to: { type: 'string', default: 'docs/screenshots' }, all: { type: 'boolean', default: false } },
})
const looks = LOOKS.filter(({ width, scheme }) => values.all || (width === 390) === (scheme === 'dark'))
await mkdir(values.to, { recursive: true })
await using busy = await startBusyNode()
await using browser = await startBrowser()
await new Promise(resolve => setTimeout(resolve, PLOT_MS))
const alice = await signIn(busy.node.url, { name: 'alice', password: PASSWORD, realm: 'user' })
const sessions = await busy.api.must<{ items: { session: string; user?: string }[] }>('GET', '/sessions')
const session = sessions.items.find(({ user }) => user === 'scanner-3f')
const [succeeded, failed] = await runPages(busy.api)
const [accessSession] = await accessPages(busy.api)
const pages = [
  ...PAGES,
  ...(succeeded ? [{ ...succeeded, name: 'run' }] : []),
  ...(failed ? [{ ...failed, name: 'run-failed' }] : []),
  ...(accessSession ? [{ ...accessSession, name: 'access-session' }] : []),
  { path: `/sessions/${session?.session ?? ''}`, shows: /STOR/, name: 'session' },
]

for (const look of looks) {
  const suffix = `${look.width === 390 ? 'phone-' : ''}${look.scheme}`
  const save = async (api: typeof alice, path: string, shows: RegExp, name: string) => {
    await using watched = await openAs(browser, busy.node.url, api, look)
    const { page } = watched
    await page.goto(`${busy.node.url}${path}`)
    await page.locator('main').getByText(shows).first().waitFor()
    await page.waitForTimeout(DRAWN_MS)
    await page.screenshot({ path: join(values.to, `${name}-${suffix}.png`) })
  }
  for (const page of pages) {
    const name = 'name' in page ? page.name : page.path.slice(1).replaceAll('/', '-')
    await save(busy.api, page.path, page.shows, name)
  }
  await save(alice, '/files', /photo of the harbour/, 'files')
  process.stdout.write(`${look.width} pixels, ${look.scheme}: ${pages.length + 1} pages\n`)
}
