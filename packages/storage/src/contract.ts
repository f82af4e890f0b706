import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { joinPath } from './path.ts'
import type { Storage } from './storage.ts'
import { begin, breakOff, entries, fails, get, names, put } from './testing.ts'

/** A storage under test. Everything happens below `base`, an empty folder. */
export interface UnderTest extends AsyncDisposable {
  readonly storage: Storage
  readonly base: string
}

type Check = (storage: Storage, at: (path: string) => string) => Promise<void>

/** What every back end has to do, whatever it is made of. */
const CONTRACT: Readonly<Record<string, Check>> = {
  async 'a published upload is read back from any offset'(storage, at) {
    const entry = await put(storage, at('f'), 'hello world')
    assert.equal(entry.name, 'f')
    assert.equal(entry.size, 11)
    assert.equal(entry.kind, 'file')
    assert.equal(await get(storage, at('f')), 'hello world')
    assert.equal(await get(storage, at('f'), 6), 'world')
    assert.equal(await get(storage, at('f'), 11), '')
    assert.equal(await get(storage, at('f'), 99), '')
  },

  async 'the entry of an open file is that of stat'(storage, at) {
    await put(storage, at('f'), 'abc')
    await using file = await storage.read(at('f'), 0)
    assert.deepEqual(file.entry, await storage.stat(at('f')))
  },

  async 'an empty upload makes an empty file'(storage, at) {
    await put(storage, at('f'), '')
    assert.equal((await storage.stat(at('f'))).size, 0)
    assert.equal(await get(storage, at('f')), '')
  },

  async 'the name shows nothing before publish and the old bytes while a new upload runs'(storage, at) {
    const first = await begin(storage, at('f'), 'first')
    await fails(storage.stat(at('f')), 'STORAGE_NOT_FOUND')
    assert.deepEqual(await names(storage, at('')), [])
    await first.publish()
    const second = await begin(storage, at('f'), 'second')
    assert.equal(await get(storage, at('f')), 'first')
    await second.publish()
    assert.equal(await get(storage, at('f')), 'second')
    assert.deepEqual(await names(storage, at('')), ['f'])
  },

  async 'a reader goes on with the file that it opened when another takes the name'(storage, at) {
    await put(storage, at('f'), 'the old one')
    await using file = await storage.read(at('f'), 0)
    await put(storage, at('f'), 'the new one')
    const into = Buffer.alloc(20)
    assert.equal(await file.read(into), 11)
    assert.equal(into.toString('utf8', 0, 11), 'the old one')
    assert.equal(await file.read(into), 0)
  },

  async 'two writers of one file do not mix, and the last publish wins'(storage, at) {
    const one = await begin(storage, at('f'), 'one one ')
    const two = await begin(storage, at('f'), 'two ')
    await one.write(Buffer.from('one'))
    await two.write(Buffer.from('two'))
    await two.publish()
    assert.equal(await get(storage, at('f')), 'two two')
    await one.publish()
    assert.equal(await get(storage, at('f')), 'one one one')
  },

  async 'an exclusive upload refuses a name that is taken, at its start and at its end'(storage, at) {
    await put(storage, at('f'), 'mine')
    await fails(storage.write(at('f'), { owner: 'bob', mode: 'atomic', exclusive: true }), 'STORAGE_EXISTS')
    const late = await begin(storage, at('g'), 'late', { exclusive: true })
    await put(storage, at('g'), 'early')
    await fails(late.publish(), 'STORAGE_EXISTS')
    await late.abandon({ keep: false })
    assert.equal(await get(storage, at('g')), 'early')
    await put(storage, at('h'), 'alone', { exclusive: true })
    assert.equal(await get(storage, at('h')), 'alone')
    assert.deepEqual(await names(storage, at('')), ['f', 'g', 'h'])
  },

  async 'an upload ends once'(storage, at) {
    const upload = await begin(storage, at('f'), 'x')
    await upload.publish()
    await fails(upload.publish(), 'STORAGE_FAILED')
    await fails(upload.write(Buffer.from('y')), 'STORAGE_FAILED')
    await upload.abandon({ keep: true })
    await upload[Symbol.asyncDispose]()
    assert.equal(await get(storage, at('f')), 'x')
  },

  async 'a broken upload is seen and continued by its owner alone'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await fails(storage.stat(at('f')), 'STORAGE_NOT_FOUND')
    await fails(storage.stat(at('f'), { owner: 'bob' }), 'STORAGE_NOT_FOUND')
    assert.deepEqual(await names(storage, at('')), [])
    const kept = await storage.stat(at('f'), { owner: 'ann' })
    assert.equal(kept.size, 5)
    assert.equal(kept.name, 'f')
    assert.equal(kept.kind, 'file')
    await fails(storage.write(at('f'), { owner: 'bob', mode: 'atomic', offset: 5 }), 'STORAGE_BAD_OFFSET')
    const rest = await begin(storage, at('f'), ' world', { offset: 5 })
    assert.equal(rest.offset, 5)
    await rest.publish()
    assert.equal(await get(storage, at('f')), 'hello world')
    await fails(storage.write(at('g'), { owner: 'ann', mode: 'atomic', offset: 1 }), 'STORAGE_BAD_OFFSET')
  },

  async 'a broken upload is continued at its end, or cut to where its owner wants to go on'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await put(storage, at('f'), ' you', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'hello you')
    await breakOff(storage, at('g'), 'hello')
    await put(storage, at('g'), 'p', { offset: 3 })
    assert.equal(await get(storage, at('g')), 'help')
  },

  async 'a broken upload is continued after its continuation broke, also without a new byte'(storage, at) {
    await breakOff(storage, at('f'), 'ab')
    await breakOff(storage, at('f'), 'cd', { offset: 2 })
    await breakOff(storage, at('f'), '', { offset: 4 })
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 4)
    await put(storage, at('f'), 'ef', { offset: 4 })
    assert.equal(await get(storage, at('f')), 'abcdef')
  },

  async 'more than is there cannot be continued, and what is there is not lost by asking'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 6 }), 'STORAGE_BAD_OFFSET')
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 5)
  },

  async 'an upload that is not to be kept leaves nothing'(storage, at) {
    const upload = await begin(storage, at('f'), 'hello')
    await upload.abandon({ keep: false })
    await fails(storage.stat(at('f'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    const empty = await begin(storage, at('g'), '')
    await empty.abandon({ keep: true })
    await fails(storage.stat(at('g'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    await storage.makeFolder(at('d'))
    await breakOff(storage, at('d/f'), 'x')
    await storage.removeFolder(at('d'))
  },

  async 'an upload that nobody ended is kept'(storage, at) {
    {
      await using upload = await storage.write(at('f'), { owner: 'ann', mode: 'atomic' })
      await upload.write(Buffer.from('hello'))
    }
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 5)
  },

  async 'one of two sessions of an owner gets the broken upload'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    const [one, two] = await Promise.allSettled([
      storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 5 }),
      storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 5 }),
    ])
    assert.deepEqual([one?.status, two?.status].sort(), ['fulfilled', 'rejected'])
    for (const result of [one, two]) if (result?.status === 'fulfilled') await result.value.publish()
    assert.equal(await get(storage, at('f')), 'hello')
  },

  async 'a broken append or restart leaves the published file as it was'(storage, at) {
    await put(storage, at('f'), 'published')
    await breakOff(storage, at('f'), ' more', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'published')
    await breakOff(storage, at('f'), 'xyz', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'published')
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 9)
  },

  async 'an append adds to the published file, a restart cuts it where it goes on'(storage, at) {
    await put(storage, at('f'), 'published')
    await put(storage, at('f'), ' twice', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'published twice')
    await put(storage, at('f'), 'lic', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'public')
    await put(storage, at('new'), 'appended', { offset: 'end' })
    assert.equal(await get(storage, at('new')), 'appended')
  },

  async 'a kept part of the very size is continued although a file has the name'(storage, at) {
    await put(storage, at('f'), 'the old file')
    await breakOff(storage, at('f'), 'new')
    await put(storage, at('f'), ' one', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'new one')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 8 }), 'STORAGE_BAD_OFFSET')
  },

  async 'a published upload makes older broken ones of its owner forgotten'(storage, at) {
    await breakOff(storage, at('f'), 'a long broken one')
    await put(storage, at('f'), 'short')
    await storage.removeFile(at('f'))
    await fails(storage.stat(at('f'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
  },

  async 'a direct upload shows its bytes at once and keeps them when it breaks'(storage, at) {
    const upload = await begin(storage, at('f'), 'hello', { mode: 'direct' })
    assert.equal(await get(storage, at('f')), 'hello')
    await upload.abandon({ keep: false })
    assert.equal(await get(storage, at('f')), 'hello')
    await put(storage, at('f'), ' there', { mode: 'direct', offset: 'end' })
    await put(storage, at('f'), 'm', { mode: 'direct', offset: 4 })
    assert.equal(await get(storage, at('f')), 'hellm')
    await put(storage, at('f'), 'x', { mode: 'direct' })
    assert.equal(await get(storage, at('f')), 'x')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'direct', offset: 2 }), 'STORAGE_BAD_OFFSET')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'direct', exclusive: true }), 'STORAGE_EXISTS')
  },

  async 'a replaced file leaves its permissions to the new one'(storage, at) {
    await put(storage, at('f'), 'x')
    await storage.setMode(at('f'), 0o600)
    const entry = await put(storage, at('f'), 'y')
    assert.equal(entry.mode, 0o600)
    assert.equal((await put(storage, at('f'), 'z', { offset: 'end' })).mode, 0o600)
  },

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

  async 'a large folder is listed whole and in batches'(storage, at) {
    const count = 700
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
  },

  async 'a listing stops when it is told to'(storage, at) {
    await Promise.all(Array.from({ length: 600 }, (_, i) => put(storage, at(`f${i}`), '')))
    const reason = new Error('enough')
    await assert.rejects(async () => {
      for await (const _ of storage.list(at(''), { signal: AbortSignal.abort(reason) })) assert.fail()
    }, reason)
    const abort = new AbortController()
    let batches = 0
    await assert.rejects(async () => {
      for await (const _ of storage.list(at(''), { signal: abort.signal })) {
        batches += 1
        abort.abort(reason)
      }
    }, reason)
    assert.equal(batches, 1)
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

  async 'a broken upload goes along with its folder'(storage, at) {
    await storage.makeFolder(at('d'))
    await breakOff(storage, at('d/f'), 'hello')
    await storage.rename(at('d'), at('e'))
    assert.equal((await storage.stat(at('e/f'), { owner: 'ann' })).size, 5)
  },

  async 'a copy is another file with the same bytes'(storage, at) {
    await put(storage, at('f'), 'bytes to copy')
    await storage.copy(at('f'), at('g'), NEVER)
    assert.equal(await get(storage, at('g')), 'bytes to copy')
    await put(storage, at('f'), 'other')
    assert.equal(await get(storage, at('g')), 'bytes to copy')
    await storage.copy(at('g'), at('f'), NEVER)
    await storage.copy(at('g'), at('g'), NEVER)
    assert.equal(await get(storage, at('f')), 'bytes to copy')
    const reason = new Error('enough')
    await assert.rejects(storage.copy(at('f'), at('h'), { signal: AbortSignal.abort(reason) }), reason)
    assert.deepEqual(await names(storage, at('')), ['f', 'g'])
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

  async 'a link is followed wherever it leads inside, and stays a link itself'(storage, at) {
    await storage.makeFolder(at('d'))
    await put(storage, at('d/f'), 'target')
    await storage.makeLink(at('d/up'), '../d/f')
    await storage.makeLink(at('folder'), 'd')
    await storage.makeLink(at('rooted'), at('d/f'))
    for (const path of ['d/up', 'folder/f', 'rooted', 'folder/up']) {
      assert.equal(await get(storage, at(path)), 'target')
      assert.equal((await storage.stat(at(path))).kind, 'file')
    }
    assert.deepEqual(await names(storage, at('folder')), ['f', 'up'])
    await put(storage, at('rooted'), 'through')
    assert.equal(await get(storage, at('d/f')), 'through')
    assert.equal((await storage.stat(at('rooted'), { follow: false })).kind, 'link')
    await put(storage, at('folder/g'), 'new')
    assert.equal(await get(storage, at('d/g')), 'new')
    await storage.rename(at('rooted'), at('moved'))
    assert.equal((await storage.stat(at('moved'), { follow: false })).kind, 'link')
    await storage.removeFile(at('moved'))
    await storage.removeFile(at('folder'))
    assert.equal(await get(storage, at('d/f')), 'through')
  },

  async 'a link to nothing is shown and leads to nothing'(storage, at) {
    await storage.makeLink(at('l'), 'nothing')
    assert.equal((await entries(storage, at('')))[0]?.kind, 'link')
    assert.equal((await entries(storage, at(''), { followLinks: true }))[0]?.kind, 'link')
    await fails(storage.stat(at('l')), 'STORAGE_NOT_FOUND')
    await fails(storage.stat(at('l'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x'), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x', { mode: 'direct' }), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x', { exclusive: true }), 'STORAGE_EXISTS')
    assert.deepEqual(await names(storage, at('')), ['l'])
  },

  async 'links in a circle end'(storage, at) {
    await storage.makeLink(at('a'), 'b')
    await storage.makeLink(at('b'), 'a')
    await fails(storage.stat(at('a')), 'STORAGE_FORBIDDEN')
    await fails(storage.read(at('b'), 0), 'STORAGE_FORBIDDEN')
  },

  async 'no link is made that leads outside, and one that is moved so leads nowhere'(storage, at) {
    const above = '../'.repeat(at('').split('/').length + 1)
    await fails(storage.makeLink(at('l'), `${above}etc/passwd`), 'STORAGE_OUTSIDE')
    await fails(storage.makeLink(at('l'), '/../etc'), 'STORAGE_OUTSIDE')
    await fails(storage.makeLink(at('l'), ''), 'STORAGE_BAD_NAME')
    await fails(storage.makeLink(at('l'), 'a\0b'), 'STORAGE_BAD_NAME')
    assert.deepEqual(await names(storage, at('')), [])
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

  async 'a folder into which somebody uploads is not removed'(storage, at) {
    await storage.makeFolder(at('d'))
    const upload = await begin(storage, at('d/f'), 'x')
    await fails(storage.removeFolder(at('d')), 'STORAGE_BUSY')
    await upload.publish()
    assert.equal(await get(storage, at('d/f')), 'x')
    await storage.removeFile(at('d/f'))
    await storage.removeFolder(at('d'))
  },

  async 'an upload goes along when its folder is renamed'(storage, at) {
    await storage.makeFolder(at('d'))
    const upload = await begin(storage, at('d/f'), 'hello')
    await storage.rename(at('d'), at('e'))
    await storage.makeFolder(at('d'))
    await upload.publish()
    assert.equal(await get(storage, at('e/f')), 'hello')
    assert.deepEqual(await names(storage, at('d')), [])
  },

  async 'bytes of many sizes arrive as they were sent'(storage, at) {
    const sizes = [1, 65_535, 65_536, 65_537, 262_144, 1_000_001]
    const sent: Buffer[] = []
    const upload = await storage.write(at('f'), { owner: 'ann', mode: 'atomic' })
    for (const [i, size] of sizes.entries()) {
      const chunk = Buffer.alloc(size, `${i}-piece `)
      sent.push(Buffer.from(chunk))
      await upload.write(chunk)
      // Its memory may be used again.
      chunk.fill(0)
    }
    await upload.publish()
    await using file = await storage.read(at('f'), 0)
    const all = Buffer.alloc(Buffer.concat(sent).length)
    let at2 = 0
    for (let bytes = 1; bytes > 0; at2 += bytes) bytes = await file.read(all.subarray(at2, at2 + 300_000))
    assert.ok(all.equals(Buffer.concat(sent)))
  },

  async 'the space that is left is told'(storage, at) {
    const { freeBytes, totalBytes } = await storage.space(at(''))
    assert.ok(freeBytes > 0 && totalBytes >= freeBytes)
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', expected: 2 ** 60 }), 'STORAGE_FULL')
  },
}

const NEVER = { signal: new AbortController().signal }

/**
 * Runs the contract of every storage against one back end. Each check gets a new, empty one.
 *
 * @param without - sentences that this back end is known not to keep
 */
export function testContract(
  name: string,
  open: () => Promise<UnderTest>,
  { without = [] }: { without?: readonly string[] } = {},
): void {
  for (const sentence of without) assert.ok(sentence in CONTRACT, sentence)
  describe(name, () => {
    for (const [sentence, check] of Object.entries(CONTRACT)) {
      if (without.includes(sentence)) continue
      test(sentence, async () => {
        await using under = await open()
        await check(under.storage, path => (path === '' ? under.base : joinPath(under.base, path)))
      })
    }
  })
}
