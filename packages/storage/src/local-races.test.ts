import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { StorageError } from './errors.ts'
import { openLocalStorage } from './local.ts'
import type { Storage } from './storage.ts'
import { begin, entries, get, put } from './testing.ts'

const INSIDE = 'inside'
const OUTSIDE = 'this was never to be read'

/** A call has to have been both let through and refused, or the swaps did not meet it. Milliseconds at most. */
const PATIENCE_MS = 10_000

/**
 * Swaps, without a pause, the folder `flip` for a link to a folder outside, and the file `file` for a link to a file
 * outside, until the shared number is not 0.
 */
const FLIPPER = `
const { renameSync, symlinkSync, writeFileSync } = require('node:fs')
const { workerData: { root, stop } } = require('node:worker_threads')
while (Atomics.load(stop, 0) === 0) {
  renameSync(root + '/flip', root + '/aside/flip')
  renameSync(root + '/spare/link', root + '/flip')
  renameSync(root + '/flip', root + '/spare/link')
  renameSync(root + '/aside/flip', root + '/flip')
  symlinkSync('../outside/secret', root + '/spare/file')
  renameSync(root + '/spare/file', root + '/file')
  writeFileSync(root + '/spare/file', 'inside')
  renameSync(root + '/spare/file', root + '/file')
}
`

/** The same files inside and outside, so that every call would find something to harm in either. */
function fill(folder: string, text: string): void {
  fs.mkdirSync(join(folder, 'sub'), { recursive: true })
  for (const name of ['f', 'sub/f', 'append', 'direct', 'replace', 'remove', 'move']) {
    fs.writeFileSync(join(folder, name), text)
  }
  fs.mkdirSync(join(folder, 'empty'))
}

/** Everything about a tree that a call could have changed. */
function snapshot(folder: string): unknown[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .concat('.')
    .sort()
    .map(name => {
      const { ctimeMs, ino, mode, mtimeMs, nlink, size, uid } = fs.lstatSync(join(folder, name))
      return { name, ctimeMs, ino, mode, mtimeMs, nlink, size, uid }
    })
}

let count = 0
const fresh = (name: string) => `/flip/${name}-${++count}`

/** What a client does, over and over. Each leaves the inside as it was, or adds a name of its own. */
const CALLS: Readonly<Record<string, (storage: Storage) => Promise<unknown>>> = {
  'read through the folder': async storage => assert.equal(await get(storage, '/flip/f', 0, 99), INSIDE),
  'read deep through the folder': async storage =>
    assert.equal(await get(storage, '/flip/sub/f', 0, 99), INSIDE),
  'read the file': async storage => assert.equal(await get(storage, '/file', 0, 99), INSIDE),
  'stat through the folder': async storage =>
    assert.equal((await storage.stat('/flip/f')).size, INSIDE.length),
  'stat the file': async storage => assert.equal((await storage.stat('/file')).size, INSIDE.length),
  'list the folder': async storage => {
    for (const { kind, name, size } of await entries(storage, '/flip', { followLinks: true })) {
      if (kind === 'file') assert.ok(size !== OUTSIDE.length, name)
    }
  },
  'upload a new file': storage => put(storage, fresh('new'), 'x'),
  'upload an exclusive file': storage => put(storage, fresh('new'), 'x', { exclusive: true }),
  'replace through the folder': storage => put(storage, '/flip/replace', INSIDE),
  'replace the file': storage => put(storage, '/file', INSIDE),
  'append through the folder': async storage => {
    const upload = await begin(storage, '/flip/append', 'more', { offset: 'end' })
    assert.equal(upload.offset, INSIDE.length)
    await upload.abandon({ keep: false })
  },
  'write directly through the folder': storage => put(storage, '/flip/direct', INSIDE, { mode: 'direct' }),
  'write directly to the file': storage => put(storage, '/file', INSIDE, { mode: 'direct' }),
  'continue a broken upload': async storage => {
    const path = fresh('broken')
    const upload = await begin(storage, path, 'abc')
    await upload.abandon({ keep: true })
    await put(storage, path, 'def', { offset: 3 })
  },
  'make a folder': storage => storage.makeFolder(fresh('folder')),
  'remove a folder': async storage => {
    await storage.removeFolder('/flip/empty')
    await restored(() => storage.makeFolder('/flip/empty'))
  },
  'remove a file': async storage => {
    await storage.removeFile('/flip/remove')
    await restored(() => put(storage, '/flip/remove', INSIDE))
  },
  'rename within the folder': async storage => {
    await storage.rename('/flip/move', '/flip/moved')
    await restored(() => storage.rename('/flip/moved', '/flip/move'))
  },
  'rename out of the folder': async storage => {
    await storage.rename('/flip/move', '/moved')
    assert.equal(await get(storage, '/moved', 0, 99), INSIDE)
    await restored(() => storage.rename('/moved', '/flip/move'))
  },
  'copy through the folder': async storage => {
    await storage.copy('/flip/f', '/copied', { signal: new AbortController().signal })
    assert.equal(await get(storage, '/copied', 0, 99), INSIDE)
  },
  'set permissions through the folder': storage => storage.setMode('/flip/f', 0o644),
  'set permissions of the file': storage => storage.setMode('/file', 0o644),
  'set the time through the folder': storage => storage.setModified('/flip/f', 1_000_000_000_000),
  'set the time of the file': storage => storage.setModified('/file', 1_000_000_000_000),
  'make a link': storage => storage.makeLink(fresh('link'), 'f'),
  'ask for the space': storage => storage.space('/flip/sub'),
}

/** Undoes what a call did: when the folder is a link just now, it is tried again. */
async function restored(undo: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await undo()
      return
    } catch (error) {
      if (!refused(error)) throw error
    }
  }
}

/** Refused as a link that leads outside, or as a name that is just being swapped. */
function refused(error: unknown): StorageError | undefined {
  const codes = [
    'STORAGE_OUTSIDE',
    'STORAGE_NOT_FOUND',
    'STORAGE_BUSY',
    'STORAGE_NOT_A_FILE',
    'STORAGE_NOT_A_FOLDER',
  ]
  return error instanceof StorageError && codes.includes(error.code) ? error : undefined
}

for (const shortCalls of ['event-loop', 'thread-pool'] as const) {
  describe(`while a folder and a file are swapped for links to the outside (${shortCalls})`, () => {
    const home = fs.mkdtempSync(join(tmpdir(), 'race-'))
    const root = join(home, 'root')
    const outside = join(home, 'outside')
    const stop = new Int32Array(new SharedArrayBuffer(4))
    let storage: Storage & AsyncDisposable
    let untouched: unknown[]
    let flipper: Worker

    before(async () => {
      fill(join(root, 'flip'), INSIDE)
      fill(outside, OUTSIDE)
      fs.writeFileSync(join(root, 'file'), INSIDE)
      fs.writeFileSync(join(outside, 'secret'), OUTSIDE)
      fs.mkdirSync(join(root, 'aside'))
      fs.mkdirSync(join(root, 'spare'))
      fs.symlinkSync(outside, join(root, 'spare/link'))
      storage = await openLocalStorage({ root, durable: 'none', shortCalls })
      untouched = snapshot(outside)
      flipper = new Worker(FLIPPER, { eval: true, workerData: { root, stop } })
    })

    after(async () => {
      Atomics.store(stop, 0, 1)
      await new Promise(resolve => flipper.once('exit', resolve))
      await storage[Symbol.asyncDispose]()
      fs.rmSync(home, { recursive: true })
    })

    for (const [sentence, call] of Object.entries(CALLS)) {
      test(`${sentence}: nothing outside is read or changed`, async () => {
        const seen = new Set<string>()
        const deadline = performance.now() + PATIENCE_MS
        for (let round = 0; round < 10 || !(seen.has('done') && seen.has('STORAGE_OUTSIDE')); round++) {
          assert.ok(performance.now() < deadline, `only ${[...seen].join(', ')} was seen`)
          try {
            await call(storage)
            seen.add('done')
          } catch (error) {
            const refusal = refused(error)
            if (!refusal) throw error
            seen.add(refusal.code)
          }
        }
        assert.deepEqual(snapshot(outside), untouched)
      })
    }
  })
}
