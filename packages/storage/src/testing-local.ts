import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type LocalStorageOptions, openLocalStorage } from './local.ts'

/** A storage of a new folder; `host` gives paths of this machine in it, `outside` stands beside it. */
export async function opened(t: TestContext, options: Partial<LocalStorageOptions> = {}) {
  const home = fs.mkdtempSync(join(tmpdir(), 'local-'))
  const root = join(home, 'root')
  const outside = join(home, 'outside')
  fs.mkdirSync(root)
  fs.mkdirSync(outside)
  const storage = await openLocalStorage({ root, durable: 'none', ...options })
  t.after(async () => {
    await storage[Symbol.asyncDispose]()
    fs.rmSync(home, { recursive: true })
  })
  return { storage, root, outside, host: (path: string) => join(root, path) }
}

/** The names of unpublished uploads in a folder of this machine. */
export function hiddenIn(folder: string): string[] {
  return fs.readdirSync(folder).filter(name => name.startsWith('.portolan-'))
}
