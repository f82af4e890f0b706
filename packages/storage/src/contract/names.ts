import assert from 'node:assert/strict'
import { breakOff, entries, fails, get, names, put } from '../testing.ts'
import type { Check } from './check.ts'

const NEVER = { signal: new AbortController().signal }

/** Folders, listings, names and what is said of those that are wrong. */
export const NAMES: Readonly<Record<string, Check>> = {
  async 'a listing tells every name with its facts'(storage, at) {
    await put(storage, at('file'), '12345')
    await storage.makeFolder(at('folder'))
    await storage.makeLink(at('link'), 'file')
    await storage.setModified(at('file'), 1_700_000_000_123)
    const [file, folder, link] = await entries(storage, at(''))
    assert.equal(file?.kind, 'file')
    assert.equal(file?.size, 5)
    assert.equal(file?.modified, 1_700_000_000_123)
    assert.deepEqual(await storage.stat(at('file')), file)
    assert.equal(folder?.kind, 'folder')
    assert.equal(folder?.size, 0)
    assert.equal(link?.kind, 'link')
    assert.equal(link?.target, 'file')
    assert.deepEqual(await storage.stat(at('link'), { follow: false }), link)
    assert.equal(new Set([file?.unique, folder?.unique, link?.unique]).size, 3)
    const [, , followed] = await entries(storage, at(''), { followLinks: true })
    assert.deepEqual(followed, { ...file, name: 'link' })
  },

  async 'a large folder is listed whole and in batches, or until it is told to stop'(storage, at) {
    const count = 520
    const wanted = Array.from({ length: count }, (_, i) => `${i % 100 === 0 ? 'ü\udcff' : 'd'}${i}`)
    await Promise.all(wanted.map(name => storage.makeFolder(at(name))))
    let batches = 0
    const found: string[] = []
    for await (const batch of storage.list(at(''))) {
      batches += 1
      assert.ok(batch.length > 0 && batch.length <= 512)
      found.push(...batch.map(entry => entry.name))
    }
    assert.deepEqual(found.sort(), wanted.sort())
    assert.ok(batches > 1)
    const reason = new Error('enough')
    const abort = new AbortController()
    await assert.rejects(async () => {
      for await (const _ of storage.list(at(''), { signal: abort.signal })) {
        assert.ok(!abort.signal.aborted)
        abort.abort(reason)
      }
    }, reason)
    await assert.rejects(async () => {
      for await (const _ of storage.list(at(''), { signal: abort.signal })) assert.fail()
    }, reason)
  },

  async 'names of any bytes come back as they were'(storage, at) {
    const wanted = [
      'ü',
      'two words',
      'back\\slash',
      'a\nb',
      '\udcff\udc80',
      '*',
      '~',
      '.hidden',
      '日本',
      'ü\udce9',
    ]
    for (const name of wanted) await put(storage, at(name), name.toWellFormed())
    assert.deepEqual(await names(storage, at('')), wanted.toSorted())
    for (const name of wanted) {
      assert.equal((await storage.stat(at(name))).name, name)
      assert.equal(await get(storage, at(name)), name.toWellFormed())
      await storage.rename(at(name), at(`x${name}`))
      await storage.removeFile(at(`x${name}`))
    }
    await storage.makeFolder(at('\udc81'))
    await put(storage, at('\udc81/\udc82'), 'deep')
    await storage.makeLink(at('l'), '\udc81/\udc82')
    assert.equal(await get(storage, at('l')), 'deep')
    assert.equal((await storage.stat(at('l'), { follow: false })).target, '\udc81/\udc82')
    await breakOff(storage, at('\udc83'), 'kept')
    await fails(storage.stat(at('\udc84'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    await put(storage, at('\udc83'), '!', { offset: 4 })
    assert.equal(await get(storage, at('\udc83')), 'kept!')
  },

  async 'what is not there, or of another kind, is told apart'(storage, at) {
    await put(storage, at('f'), 'x')
    await storage.makeFolder(at('d'))
    await put(storage, at('d/inside'), 'x')
    const cases: [string, () => Promise<unknown>, Parameters<typeof fails>[1]][] = [
      ['stat of nothing', () => storage.stat(at('n')), 'STORAGE_NOT_FOUND'],
      ['stat below nothing', () => storage.stat(at('n/n')), 'STORAGE_NOT_FOUND'],
      ['stat below a file', () => storage.stat(at('f/n')), 'STORAGE_NOT_A_FOLDER'],
      ['list of a file', () => entries(storage, at('f')), 'STORAGE_NOT_A_FOLDER'],
      ['list of nothing', () => entries(storage, at('n')), 'STORAGE_NOT_FOUND'],
      ['read of a folder', () => storage.read(at('d'), 0), 'STORAGE_NOT_A_FILE'],
      ['read of nothing', () => storage.read(at('n'), 0), 'STORAGE_NOT_FOUND'],
      ['write to a folder', () => put(storage, at('d'), 'x'), 'STORAGE_NOT_A_FILE'],
      [
        'direct write to a folder',
        () => put(storage, at('d'), 'x', { mode: 'direct' }),
        'STORAGE_NOT_A_FILE',
      ],
      ['write below nothing', () => put(storage, at('n/n'), 'x'), 'STORAGE_NOT_FOUND'],
      ['write below a file', () => put(storage, at('f/n'), 'x'), 'STORAGE_NOT_A_FOLDER'],
      ['a folder that is there', () => storage.makeFolder(at('d')), 'STORAGE_EXISTS'],
      ['a folder named as a file', () => storage.makeFolder(at('f')), 'STORAGE_EXISTS'],
      ['a folder below nothing', () => storage.makeFolder(at('n/n')), 'STORAGE_NOT_FOUND'],
      ['remove a folder as a file', () => storage.removeFile(at('d')), 'STORAGE_NOT_A_FILE'],
      ['remove a file as a folder', () => storage.removeFolder(at('f')), 'STORAGE_NOT_A_FOLDER'],
      ['remove nothing', () => storage.removeFile(at('n')), 'STORAGE_NOT_FOUND'],
      ['remove no folder', () => storage.removeFolder(at('n')), 'STORAGE_NOT_FOUND'],
      ['remove a full folder', () => storage.removeFolder(at('d')), 'STORAGE_NOT_EMPTY'],
      ['rename nothing', () => storage.rename(at('n'), at('m')), 'STORAGE_NOT_FOUND'],
      ['rename to nowhere', () => storage.rename(at('f'), at('n/n')), 'STORAGE_NOT_FOUND'],
      ['rename a file over a folder', () => storage.rename(at('f'), at('d')), 'STORAGE_NOT_A_FILE'],
      ['rename a folder over a file', () => storage.rename(at('d'), at('f')), 'STORAGE_NOT_A_FOLDER'],
      ['rename a folder into itself', () => storage.rename(at('d'), at('d/e')), 'STORAGE_FORBIDDEN'],
      ['copy of a folder', () => storage.copy(at('d'), at('e'), NEVER), 'STORAGE_NOT_A_FILE'],
      ['copy of nothing', () => storage.copy(at('n'), at('e'), NEVER), 'STORAGE_NOT_FOUND'],
      ['copy over a folder', () => storage.copy(at('f'), at('d'), NEVER), 'STORAGE_NOT_A_FILE'],
      ['time of nothing', () => storage.setModified(at('n'), 0), 'STORAGE_NOT_FOUND'],
      ['mode of nothing', () => storage.setMode(at('n'), 0o600), 'STORAGE_NOT_FOUND'],
      ['link named as a file', () => storage.makeLink(at('f'), 'd'), 'STORAGE_EXISTS'],
      ['space of nothing', () => storage.space(at('n')), 'STORAGE_NOT_FOUND'],
    ]
    for (const [, work, code] of cases) await fails(work, code)
    assert.deepEqual(await names(storage, at('')), ['d', 'f'])
    assert.deepEqual(await names(storage, at('d')), ['inside'])
  },

  async 'the root cannot be removed, renamed or written'(storage) {
    await fails(storage.removeFolder('/'), 'STORAGE_FORBIDDEN')
    await fails(storage.removeFile('/'), 'STORAGE_FORBIDDEN')
    await fails(storage.rename('/', '/x'), 'STORAGE_FORBIDDEN')
    await fails(storage.makeFolder('/'), 'STORAGE_EXISTS')
    await fails(put(storage, '/', 'x'), 'STORAGE_NOT_A_FILE')
    const root = await storage.stat('/')
    assert.equal(root.kind, 'folder')
    assert.equal(root.name, '/')
  },

  async 'a rename moves a file or a folder and replaces a file'(storage, at) {
    await storage.makeFolder(at('d'))
    await put(storage, at('d/f'), 'moved')
    await put(storage, at('g'), 'replaced')
    await storage.rename(at('d/f'), at('g'))
    assert.equal(await get(storage, at('g')), 'moved')
    await storage.rename(at('g'), at('d/g'))
    await storage.rename(at('d'), at('e'))
    assert.equal(await get(storage, at('e/g')), 'moved')
    assert.deepEqual(await names(storage, at('')), ['e'])
    await storage.rename(at('e'), at('e'))
    assert.deepEqual(await names(storage, at('e')), ['g'])
  },

  async 'times and permissions are set, of folders too'(storage, at) {
    await storage.makeFolder(at('d'))
    await put(storage, at('d/f'), 'x')
    for (const [path, time, mode] of [
      [at('d/f'), 951_782_400_000, 0o640],
      [at('d'), 1_234_567_890_001, 0o1750],
    ] as const) {
      await storage.setModified(path, time)
      await storage.setMode(path, mode)
      const entry = await storage.stat(path)
      assert.equal(entry.modified, time)
      assert.equal(entry.mode, mode)
    }
    await fails(storage.setMode(at('d/f'), 0o4755), 'STORAGE_FORBIDDEN')
    await fails(storage.setMode(at('d/f'), 0o2755), 'STORAGE_FORBIDDEN')
    assert.equal((await storage.stat(at('d/f'))).mode, 0o640)
  },

  async 'paths that were not resolved are refused'(storage) {
    for (const path of ['', 'f', '/a/../b', '/./a', '/a/', '//a', '/a//b', '/..', '/a/.', '/a\0b']) {
      await fails(storage.stat(path), 'STORAGE_BAD_NAME')
      await fails(entries(storage, path), 'STORAGE_BAD_NAME')
      await fails(storage.read(path, 0), 'STORAGE_BAD_NAME')
      await fails(() => put(storage, path, 'x'), 'STORAGE_BAD_NAME')
      await fails(storage.makeFolder(path), 'STORAGE_BAD_NAME')
      await fails(storage.removeFile(path), 'STORAGE_BAD_NAME')
      await fails(storage.removeFolder(path), 'STORAGE_BAD_NAME')
      await fails(storage.rename(path, '/x'), 'STORAGE_BAD_NAME')
      await fails(storage.setModified(path, 0), 'STORAGE_BAD_NAME')
      await fails(storage.setMode(path, 0o600), 'STORAGE_BAD_NAME')
    }
  },

  async 'the names of unpublished uploads cannot be used'(storage, at) {
    for (const name of ['.portolan-', '.portolan-upload-1', '.PORTOLAN-x', '.portolan-kept-1/f']) {
      await fails(storage.stat(at(name)), 'STORAGE_BAD_NAME')
      await fails(put(storage, at(name), 'x'), 'STORAGE_BAD_NAME')
      await fails(storage.makeFolder(at(name)), 'STORAGE_BAD_NAME')
      await fails(storage.removeFile(at(name)), 'STORAGE_BAD_NAME')
      await fails(storage.makeLink(at('l'), name), 'STORAGE_BAD_NAME')
    }
    await put(storage, at('f'), 'x')
    await fails(storage.rename(at('f'), at('.portolan-x')), 'STORAGE_BAD_NAME')
    await put(storage, at('.portolan'), 'ordinary')
    assert.deepEqual(await names(storage, at('')), ['.portolan', 'f'])
  },
}
