import assert from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Planner } from './planner.ts'
import { openTestPlan, type TestPlan } from './testing-plan.ts'

const OUTBOX = { user: 'alice', path: '/outbox' } as const
const MINUTE = 60_000

const onDisk = (plan: TestPlan, path: string, user = 'alice') => join(plan.folder, 'homes', user, path)

/** Uploads as the server does: a hidden file that gets the name. The disk's clock is a little behind that of the store. */
async function upload(plan: TestPlan, path: string, text = 'text', user = 'alice'): Promise<void> {
  const target = onDisk(plan, path, user)
  const draft = join(dirname(target), '.portolan-upload-1')
  mkdirSync(dirname(target), { recursive: true })
  const definitions = await plan.store.initiated.definitions.all()
  const after = Math.max(0, ...definitions.map(({ changedAt }) => changedAt))
  do writeFileSync(draft, text)
  while (statSync(draft).ctimeMs < after)
  renameSync(draft, target)
}

function arrived(node: Planner, path: string, user = 'alice'): Promise<void> {
  node.arrived({ user, path })
  return node.settled()
}

/** Lets the scans of some minutes happen. */
async function scans(plan: TestPlan, node: Planner, minutes = 3): Promise<void> {
  await plan.clock.runTo(plan.clock.now() + minutes * MINUTE, () => node.settled())
}

/** A node that begins after everything that is on disk. */
async function laterNode(plan: TestPlan): Promise<Planner> {
  plan.clock.set(Math.max(plan.clock.now(), Date.now()) + 1000)
  return plan.node()
}

const paths = async (plan: TestPlan) =>
  (await plan.runs()).map(run => `${run.transfer} ${run.cause.properties['file.path']}`)

test('an upload begins a run, which knows the file, and scans make no second one', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX, pattern: '*.csv' } })
  const node = await plan.node()
  await upload(plan, '/outbox/a.csv')
  await arrived(node, '/outbox/a.csv')
  await scans(plan, node)
  const [run, ...others] = await plan.runs()
  assert.deepEqual(others, [])
  assert.equal(run?.cause.kind, 'arrival')
  assert.equal(run?.cause.text, 'alice uploaded /outbox/a.csv.')
  const { properties = {} } = run?.cause ?? {}
  assert.partialDeepStrictEqual(properties, {
    'file.path': '/outbox/a.csv',
    'file.name': 'a.csv',
    'file.folder': '/outbox',
    'file.extension': 'csv',
    'file.size': 4,
    'file.user': 'alice',
    'file.uploader': 'alice',
    'transfer.name': 'send',
  })
  assert.deepEqual(plan.warnings, [])
})

const MEANT: readonly [
  title: string,
  trigger: Record<string, unknown>,
  path: string,
  user: string,
  isMeant: boolean,
][] = [
  ['in the folder', {}, '/outbox/a', 'alice', true],
  ['in a folder below', {}, '/outbox/sub/a', 'alice', false],
  ['in a folder below, when those count', { subfolders: true }, '/outbox/sub/deep/a', 'alice', true],
  ['beside the folder', { subfolders: true }, '/outbox2/a', 'alice', false],
  ['above it', { subfolders: true }, '/a', 'alice', false],
  ['of another user', {}, '/outbox/a', 'bob', false],
  ['of another name', { pattern: '*.csv' }, '/outbox/a.txt', 'alice', false],
  ['of a fitting name', { pattern: '/^a\\.\\d+$/' }, '/outbox/a.17', 'alice', true],
  ['that a draft of ours would be', {}, '/outbox/.portolan-kept-1', 'alice', false],
]

for (const [title, more, path, user, isMeant] of MEANT) {
  test(`${isMeant ? 'a run begins' : 'no run begins'} by an upload ${title}, by the event and by a scan`, async () => {
    await using plan = await openTestPlan()
    await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX, ...more } })
    const node = await plan.node()
    await upload(plan, path, 'text', user)
    await arrived(node, path, user)
    assert.equal((await plan.runs()).length, isMeant ? 1 : 0, 'event')
    await plan.define({ name: 'second', trigger: { on: 'arrival', place: OUTBOX, ...more } })
    await upload(plan, `${dirname(path)}/again`.replace('//', '/'), 'text', user)
    await upload(plan, path, 'text', user)
    await scans(plan, node)
    const found = (await paths(plan)).filter(one => one === `second ${path}`)
    assert.equal(found.length, isMeant ? 1 : 0, 'scan')
  })
}

test('an upload whose event was lost begins its run when a node begins, once', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
  const first = await plan.node()
  await upload(plan, '/outbox/told')
  await arrived(first, '/outbox/told')
  await upload(plan, '/outbox/lost')
  await first[Symbol.asyncDispose]()
  const second = await laterNode(plan)
  await scans(plan, second)
  const third = await laterNode(plan)
  await scans(plan, third)
  assert.deepEqual(await paths(plan), ['send /outbox/told', 'send /outbox/lost'])
})

test('an upload whose event does not come while the node is up begins its run when it has been quiet', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
  const node = await plan.node()
  await upload(plan, '/outbox/lost')
  await plan.clock.runTo(plan.clock.now() + 31_000, () => node.settled())
  assert.deepEqual(await paths(plan), [])
  await scans(plan, node)
  assert.deepEqual(await paths(plan), ['send /outbox/lost'])
})

test('files from before the transfer, links and folders begin nothing', async () => {
  await using plan = await openTestPlan()
  await upload(plan, '/outbox/before')
  const before = statSync(onDisk(plan, '/outbox/before')).ctimeMs
  while (Date.now() <= before) await new Promise(setImmediate)
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX, subfolders: true } })
  await upload(plan, '/elsewhere/secret')
  symlinkSync(onDisk(plan, '/elsewhere/secret'), onDisk(plan, '/outbox/link'))
  symlinkSync(onDisk(plan, '/elsewhere'), onDisk(plan, '/outbox/folder'))
  const node = await laterNode(plan)
  await arrived(node, '/outbox/link')
  await scans(plan, node)
  assert.deepEqual(await paths(plan), [])
})

test('a client that sets the time of its file behind the upload, as WinSCP does, begins no second run', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
  const first = await plan.node()
  await upload(plan, '/outbox/a')
  await arrived(first, '/outbox/a')
  utimesSync(onDisk(plan, '/outbox/a'), 1_000_000_000, 1_000_000_000)
  await scans(plan, first)
  await first[Symbol.asyncDispose]()
  await scans(plan, await laterNode(plan))
  assert.equal((await plan.runs()).length, 1)
})

test('each upload under the same name begins a run: as a new file, as a longer one, and into the same file', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
  const node = await plan.node()
  const path = onDisk(plan, '/outbox/a')
  await upload(plan, '/outbox/a')
  await arrived(node, '/outbox/a')
  await upload(plan, '/outbox/a')
  await arrived(node, '/outbox/a')
  assert.equal((await plan.runs()).length, 2, 'a new file')
  appendFileSync(path, 'more')
  await arrived(node, '/outbox/a')
  assert.equal((await plan.runs()).length, 3, 'a longer one')
  const { mtimeMs } = statSync(path)
  do writeFileSync(path, 'otherone', { flag: 'r+' })
  while (statSync(path).mtimeMs === mtimeMs)
  await arrived(node, '/outbox/a')
  assert.equal((await plan.runs()).length, 4, 'into the same file')
  await scans(plan, node)
  assert.equal((await plan.runs()).length, 4, 'scans')
})

test('two nodes that both see an upload make one run', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
  await upload(plan, '/outbox/a')
  const one = await laterNode(plan)
  const two = await laterNode(plan)
  await Promise.all([arrived(one, '/outbox/a'), scans(plan, two)])
  assert.equal((await plan.runs()).length, 1)
})

test('a folder of the machine, and one that users share, take uploads of anybody', async () => {
  await using plan = await openTestPlan()
  const folder = join(plan.folder, 'homes', 'bob', 'shared')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(plan.folder, 'homes', 'carol'), { recursive: true })
  symlinkSync(folder, join(plan.folder, 'homes', 'carol', 'of-bob'))
  await plan.define({ name: 'machine', trigger: { on: 'arrival', place: { folder } } })
  await plan.define({ name: 'carol', trigger: { on: 'arrival', place: { user: 'carol', path: '/of-bob' } } })
  const node = await plan.node()
  await upload(plan, '/shared/a', 'text', 'bob')
  await arrived(node, '/shared/a', 'bob')
  await scans(plan, node)
  assert.deepEqual((await paths(plan)).toSorted(), ['carol /of-bob/a', `machine ${folder}/a`])
  const properties = Object.fromEntries((await plan.runs()).map(run => [run.transfer, run.cause.properties]))
  assert.equal(properties.carol?.['file.user'], 'carol')
  assert.equal(properties.carol?.['file.uploader'], 'bob')
  assert.equal(properties.machine?.['file.user'], undefined)
})

test('conditions choose among uploads, and a scan decides as the event did', async () => {
  await using plan = await openTestPlan()
  const conditions = [{ property: 'file.size', is: 'over', value: '5B' } as const]
  await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX }, conditions })
  const node = await plan.node()
  await upload(plan, '/outbox/small', 'text')
  await upload(plan, '/outbox/large', 'longer text')
  await arrived(node, '/outbox/small')
  await arrived(node, '/outbox/large')
  await scans(plan, node)
  assert.deepEqual(await paths(plan), ['send /outbox/large'])
})

test('a folder that is not there is told, and keeps nobody else from his runs', async () => {
  await using plan = await openTestPlan()
  await plan.define({ name: 'a', trigger: { on: 'arrival', place: { user: 'nobody', path: '/' } } })
  await plan.define({ name: 'b', trigger: { on: 'arrival', place: OUTBOX } })
  await upload(plan, '/outbox/a')
  await laterNode(plan)
  assert.deepEqual(await paths(plan), ['b /outbox/a'])
  assert.match(plan.warnings.join('\n'), /folder-unread: The folder of the transfer a .*no user nobody/)
})

test('whatever is lost on the way and whenever the node dies, each upload has one run in the end', async () => {
  const upload1 = fc.record({
    path: fc.constantFrom('/outbox/a', '/outbox/b'),
    isTold: fc.boolean(),
    setsTime: fc.boolean(),
  })
  const step = fc.oneof({ weight: 3, arbitrary: upload1 }, fc.constantFrom('restart', 'scan'))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async steps => {
      await using plan = await openTestPlan()
      await plan.define({ name: 'send', trigger: { on: 'arrival', place: OUTBOX } })
      let node = await plan.node()
      const restart = async () => {
        await node[Symbol.asyncDispose]()
        node = await laterNode(plan)
      }
      const uploads: string[] = []
      const unseen = new Set<string>()
      for (const one of steps) {
        if (one === 'restart') await restart()
        else if (one === 'scan') await scans(plan, node, 0.52)
        else {
          const { path, isTold, setsTime } = one
          // What is written over before anybody has seen it was never there to be sent.
          if (unseen.delete(path)) await restart()
          await upload(plan, path)
          uploads.push(path)
          if (isTold) await arrived(node, path)
          else unseen.add(path)
          if (setsTime) utimesSync(onDisk(plan, path), 1_000_000_000, 1_000_000_000)
        }
      }
      await restart()
      assert.deepEqual((await paths(plan)).toSorted(), uploads.map(path => `send ${path}`).toSorted())
    }),
    { numRuns: 20 },
  )
})
