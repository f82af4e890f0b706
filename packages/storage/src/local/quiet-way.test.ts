import assert from 'node:assert/strict'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Confinement } from './confinement.ts'
import { DescriptorOpener } from './node-opener.ts'
import { Pace } from './pace.ts'
import { QuietWay } from './quiet-way.ts'

/** So much later everything that was made here is old. */
const LATER = 60_000

/** A folder `a/b/c` in a root, and a way to it. */
async function way(t: TestContext) {
  const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'way-')))
  t.after(() => fs.rmSync(root, { recursive: true }))
  fs.mkdirSync(join(root, 'a/b/c'), { recursive: true })
  await nextTick(root)
  const pace = new Pace(true)
  const folder = await new Confinement(root, new DescriptorOpener(pace), pace).folder('/a/b/c')
  t.after(() => folder[Symbol.dispose]())
  const open = () => QuietWay.to(folder, Date.now() + LATER)
  return { root, folder, open }
}

/** Waits until the disk dates changes otherwise than it dated what is there: real ways are quiet for much longer. */
async function nextTick(root: string): Promise<void> {
  const probe = join(root, 'a/b/c/probe')
  const made = fs.statSync(join(root, 'a/b')).ctimeMs
  do {
    await new Promise(resolve => setImmediate(resolve))
    fs.writeFileSync(probe, '')
    fs.chmodSync(probe, 0o600)
  } while (fs.statSync(probe).ctimeMs <= made)
}

const CHANGES: Readonly<Record<string, (root: string) => void>> = {
  'its folder was renamed': root => fs.renameSync(join(root, 'a/b/c'), join(root, 'a/b/d')),
  'a folder above it was renamed': root => fs.renameSync(join(root, 'a'), join(root, 'z')),
  'it was swapped for a link and back': root => {
    fs.renameSync(join(root, 'a/b/c'), join(root, 'a/b/d'))
    fs.symlinkSync('/etc', join(root, 'a/b/c'))
    fs.renameSync(join(root, 'a/b/c'), join(root, 'a/b/link'))
    fs.renameSync(join(root, 'a/b/d'), join(root, 'a/b/c'))
  },
  'a folder above it was swapped for another and back': root => {
    fs.mkdirSync(join(root, 'elsewhere'))
    fs.renameSync(join(root, 'a/b'), join(root, 'elsewhere/b'))
    fs.mkdirSync(join(root, 'a/b/c'), { recursive: true })
    fs.renameSync(join(root, 'a/b'), join(root, 'elsewhere/other'))
    fs.renameSync(join(root, 'elsewhere/b'), join(root, 'a/b'))
  },
  'it was replaced by a folder of the same name': root => {
    fs.rmSync(join(root, 'a/b/c'), { recursive: true })
    fs.mkdirSync(join(root, 'a/b/c'))
  },
}

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a way is not the same when ${what}`, async t => {
    const { root, open } = await way(t)
    const opened = open()
    assert.ok(opened)
    change(root)
    assert.equal(opened.isUnchanged(), false)
  })
}

test('a way leads into the folder, and stays the same while names in the folder come and go', async t => {
  const { root, open } = await way(t)
  const opened = open()
  assert.equal(opened?.prefix, join(root, 'a/b/c/'))
  fs.writeFileSync(join(root, 'a/b/c/f'), '')
  fs.renameSync(join(root, 'a/b/c/f'), join(root, 'a/b/c/g'))
  assert.equal(opened?.isUnchanged(), true)
})

test('there is no way where something changed of late: the next change might not be told from it', async t => {
  const { folder } = await way(t)
  assert.equal(QuietWay.to(folder, Date.now()), undefined)
  assert.equal(QuietWay.to(folder, Date.now() + 2_500), undefined)
})

test('there is no way where a link leads elsewhere by now', async t => {
  const { root, open } = await way(t)
  fs.renameSync(join(root, 'a/b'), join(root, 'b'))
  fs.mkdirSync(join(root, 'a/b/c'), { recursive: true })
  fs.renameSync(join(root, 'a/b'), join(root, 'other'))
  fs.symlinkSync('../other', join(root, 'a/b'))
  assert.equal(open()?.prefix, join(root, 'b/c/'))
  fs.rmSync(join(root, 'b'), { recursive: true })
  assert.equal(open(), undefined)
})
