import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram } from './programs.ts'

/** How long an action in the browser may take, in milliseconds. The machine may be busy. */
const ACTION_MS = 15_000

/** Where the browser is; undefined when there is none, as on machines that are not Debian. */
export const CHROMIUM = findProgram('chromium')

/** A page, and what its console and its requests said that they should not have. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page
  /** Errors and warnings of the console, and exceptions, since this was asked the last time. */
  complaints(): string[]
}

/** How a page is looked at. */
export interface Look {
  readonly width: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
}

/** Debian's Chromium, without a window. */
export async function startBrowser(): Promise<Browser & AsyncDisposable> {
  if (CHROMIUM === undefined) throw new Error('chromium is not installed')
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Opens a page in a profile of its own. */
export async function openPage(
  browser: Browser,
  { width, height = 800, scheme = 'light' }: Look,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(ACTION_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', error => complaints.push(`exception: ${error.message}`))
  return { page, complaints: () => complaints.splice(0), [Symbol.asyncDispose]: () => context.close() }
}
