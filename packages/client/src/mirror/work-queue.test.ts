import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { WorkQueue } from './work-queue.ts'

interface Folder {
  readonly name: string
  readonly files: number
  readonly folders: readonly Folder[]
}

/** Goes through a tree; tells what was done and how much was waiting. */
async function go(root: Folder, workers: number) {
  const done: string[] = []
  let busy = 0
  let most = 0
  let waiting = 0
  let mostWaiting = 0
  const work = async (name: string, rest: () => void) => {
    most = Math.max(most, ++busy)
    await turn()
    rest()
    done.push(name)
    busy--
  }
  const queue = new WorkQueue<Folder, string>(workers, {
    folder: folder =>
      work(folder.name, () => {
        for (const child of folder.folders) queue.addFolder(child)
        for (let index = 0; index < folder.files; index++) queue.addFile(`${folder.name}/${index}`)
        waiting += folder.files
        mostWaiting = Math.max(mostWaiting, waiting)
      }),
    file: name => work(name, () => void waiting--),
  })
  queue.addFolder(root)
  await queue.run()
  return { done, most, mostWaiting }
}

const tree: fc.Arbitrary<Folder> = fc.letrec<{ folder: Folder }>(tie => ({
  folder: fc.record({
    name: fc.uuid(),
    files: fc.integer({ min: 0, max: 12 }),
    folders: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('folder'), { maxLength: 4 }),
    ),
  }),
})).folder

function namesOf({ name, files, folders }: Folder): string[] {
  return [
    name,
    ...Array.from({ length: files }, (_, index) => `${name}/${index}`),
    ...folders.flatMap(namesOf),
  ]
}

test('everything is done once, by no more workers at a time than there are', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.integer({ min: 1, max: 6 }), async (root, workers) => {
      const { done, most } = await go(root, workers)
      assert.deepEqual(done.toSorted(), namesOf(root).toSorted())
      assert.ok(most <= workers)
    }),
    { numRuns: 50 },
  )
})

test('all workers work when there is enough to do', async () => {
  const { most } = await go({ name: 'a', files: 20, folders: [] }, 4)
  assert.equal(most, 4)
})

test('folders are listed only as far ahead as the workers need', async () => {
  const folders = Array.from({ length: 100 }, (_, index) => ({ name: `f${index}`, files: 10, folders: [] }))
  const { mostWaiting } = await go({ name: 'a', files: 0, folders }, 2)
  assert.ok(mostWaiting <= 30, `${mostWaiting} files were waiting at once`)
})

test('a failure that is thrown ends the run once the others have stopped, and comes out', async () => {
  let running = 0
  const queue = new WorkQueue<never, number>(3, {
    folder: async () => {},
    file: async number => {
      running++
      await turn()
      running--
      if (number === 4) throw new Error('the fourth')
    },
  })
  for (let number = 0; number < 100; number++) queue.addFile(number)
  await assert.rejects(queue.run(), /the fourth/)
  assert.equal(running, 0)
})

test('there is plenty as long as every worker finds something', async () => {
  const seen: boolean[] = []
  const queue = new WorkQueue<never, number>(1, {
    folder: async () => {},
    file: async () => void seen.push(queue.plenty),
  })
  for (let number = 0; number < 3; number++) queue.addFile(number)
  await queue.run()
  assert.deepEqual(seen, [true, true, false])
})
