import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { StorageError } from './errors.ts'
import { openLocalStorage } from './local.ts'
import { createMemoryStorage } from './memory.ts'
import type { Entry, Storage, WriteOptions } from './storage.ts'
import { begin, entries, get } from './testing.ts'

/** One step of a client, and what of its outcome two back ends have to agree on. */
interface Step {
  readonly text: string
  run(storage: Storage): Promise<unknown>
}

const name = fc.constantFrom('a', 'a', 'b', 'c')
// Few names and short paths, so that steps meet what earlier steps made.
const path = fc
  .tuple(name, fc.option(name, { freq: 2 }), fc.option(name, { freq: 1 }))
  .map(parts => parts.reduce<string>((at, part) => (part === null ? at : `${at}/${part}`), ''))
const target = fc.oneof(
  path,
  name,
  fc.array(fc.constantFrom('..', 'a', 'b'), { minLength: 1, maxLength: 4 }).map(parts => parts.join('/')),
)
const owner = fc.constantFrom('ann', 'bob')
const offset = fc.oneof(fc.constant(0), fc.constant('end' as const), fc.nat(6))
const end = fc.constantFrom('publish', 'publish', 'keep', 'drop')

const upload = fc
  .record({
    path,
    owner,
    offset,
    end,
    text: fc.constantFrom('', 'x', 'xyz', 'abcdef'),
    mode: mode(),
    exclusive: fc.boolean(),
  })
  .map(({ path: to, text, end: how, ...rest }): Step => {
    const options: WriteOptions = rest
    return {
      text: `upload ${to} ${JSON.stringify(text)} ${JSON.stringify(options)} ${how}`,
      async run(storage) {
        const started = await begin(storage, to, text, options)
        if (how === 'publish') return shown(await started.publish())
        await started.abandon({ keep: how === 'keep' })
        return started.offset
      },
    }
  })

const steps = fc.oneof(
  { weight: 5, arbitrary: upload },
  step2('rename', path, path, (storage, from, to) => storage.rename(from, to)),
  step2('copy', path, path, (storage, from, to) =>
    storage.copy(from, to, { signal: new AbortController().signal }),
  ),
  step2('link', path, target, (storage, from, to) => storage.makeLink(from, to)),
  step2('stat', path, owner, async (storage, of, by) => shown(await storage.stat(of, { owner: by }))),
  step('make folder', path, (storage, of) => storage.makeFolder(of)),
  step('make folder', path, (storage, of) => storage.makeFolder(of)),
  step('remove file', path, (storage, of) => storage.removeFile(of)),
  step('remove folder', path, (storage, of) => storage.removeFolder(of)),
  step('mode', path, (storage, of) => storage.setMode(of, 0o600)),
  step('look', path, async (storage, of) => shown(await storage.stat(of, { follow: false }))),
  step('read', path, (storage, of) => get(storage, of, 1)),
  step('list', path, async (storage, of) => (await entries(storage, of)).map(shown)),
  step('list followed', path, async (storage, of) =>
    (await entries(storage, of, { followLinks: true })).map(shown),
  ),
)

function mode() {
  return fc.constantFrom('atomic' as const, 'atomic' as const, 'direct' as const)
}

function step<A>(
  verb: string,
  arbitrary: fc.Arbitrary<A>,
  run: (storage: Storage, a: A) => Promise<unknown>,
) {
  return arbitrary.map((a): Step => ({ text: `${verb} ${a}`, run: storage => run(storage, a) }))
}

function step2<A, B>(
  verb: string,
  first: fc.Arbitrary<A>,
  second: fc.Arbitrary<B>,
  run: (storage: Storage, a: A, b: B) => Promise<unknown>,
) {
  return fc
    .tuple(first, second)
    .map(([a, b]): Step => ({ text: `${verb} ${a} ${b}`, run: storage => run(storage, a, b) }))
}

function shown({ kind, mode: bits, name: of, size, target: to }: Entry): unknown {
  // Linux gives every link all permissions; nobody can change them.
  return { kind, mode: bits, name: of, size, to }
}

async function outcome({ run }: Step, storage: Storage): Promise<unknown> {
  try {
    return (await run(storage)) ?? 'done'
  } catch (error) {
    if (error instanceof StorageError) return error.code
    throw error
  }
}

async function tree(storage: Storage, folder = '/'): Promise<unknown[]> {
  const all: unknown[] = []
  for (const entry of await entries(storage, folder)) {
    const at = join(folder, entry.name)
    all.push({
      at,
      ...(shown(entry) as object),
      text: entry.kind === 'file' ? await get(storage, at) : undefined,
    })
    if (entry.kind === 'folder') all.push(...(await tree(storage, at)))
  }
  return all
}

test('the local disk and the memory answer any session alike and hold the same in the end', async () => {
  const home = await mkdtemp(join(tmpdir(), 'model-'))
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { maxLength: 40, size: 'max' }), async session => {
        const root = await mkdtemp(join(home, 'run-'))
        await chmod(root, 0o755)
        await using disk = await openLocalStorage({ root, durable: 'none', umask: 0o022 })
        const memory = createMemoryStorage()
        for (const [i, each] of session.entries()) {
          const told = session.slice(0, i + 1).map(({ text }) => text)
          assert.deepEqual(await outcome(each, memory), await outcome(each, disk), told.join('\n'))
        }
        assert.deepEqual(await tree(memory), await tree(disk))
      }),
      { numRuns: 150 },
    )
  } finally {
    await rm(home, { recursive: true })
  }
})
