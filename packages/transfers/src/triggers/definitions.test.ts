import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChangeTopic, type Document, StoreError } from '@portolan/store'
import { TestClock } from '../schedule/testing-clock.ts'
import { Definitions } from './definitions.ts'

const turn = async () => new Promise<void>(resolve => setImmediate(resolve))

const documentOf = (name: string, revision = 1): Document => ({
  name,
  document: { name, steps: [{ do: 'webhook', url: 'http://127.0.0.1/' }] },
  createdAt: 1,
  changedAt: revision,
  changedBy: 'test',
  revision,
})

/** A store whose answers a test gives. */
function scripted(answers: (() => readonly Document[])[]) {
  const listeners: ((change: { topic: ChangeTopic }) => void)[] = []
  const warnings: string[] = []
  const clock = new TestClock(0)
  const definitions = new Definitions({
    store: {
      initiated: {
        definitions: {
          async all() {
            const next = answers.shift()
            assert.ok(next, 'it was read once more than was asked for')
            return next()
          },
        },
      },
      changes: {
        subscribe(listener) {
          listeners.push(listener)
          return { [Symbol.dispose]: () => listeners.splice(0) }
        },
      },
    },
    clock,
    warn: (code, text) => warnings.push(`${code}: ${text}`),
  })
  const tell = (topic: ChangeTopic) => {
    for (const listener of listeners) listener({ topic })
  }
  return { definitions, clock, warnings, tell }
}

test('what has not changed stays the same object, and what has is another one', async () => {
  const [a, b] = [documentOf('a'), documentOf('b')]
  const { definitions } = scripted([() => [a, b], () => [a, documentOf('b', 2)]])
  await definitions.load()
  const before = definitions.all()
  await definitions.load()
  assert.equal(definitions.get('a'), before[0])
  assert.notEqual(definitions.get('b'), before[1])
  definitions[Symbol.dispose]()
})

test('a store that is away is asked again, and what was known stays meanwhile', async () => {
  const away = () => {
    throw new StoreError('STORE_UNAVAILABLE', 'The database is away.')
  }
  const { definitions, clock, warnings } = scripted([
    () => [documentOf('a')],
    away,
    away,
    () => [documentOf('b')],
  ])
  await definitions.load()
  await definitions.load()
  assert.deepEqual(
    definitions.all().map(({ transfer }) => transfer.name),
    ['a'],
  )
  await clock.runTo(1000, turn)
  await clock.runTo(3000, turn)
  assert.deepEqual(
    definitions.all().map(({ transfer }) => transfer.name),
    ['b'],
  )
  assert.equal(warnings.length, 2)
  definitions[Symbol.dispose]()
})

test('a change that comes while they are read is read behind it, other topics are passed over', async () => {
  let told = 0
  const { definitions, tell } = scripted([
    () => [documentOf('a')],
    () => [documentOf('b')],
    () => [documentOf('c')],
  ])
  definitions.onLoad(() => {
    if (told++ === 0) tell('definitions')
  })
  const reading = definitions.load()
  await reading
  assert.deepEqual(
    definitions.all().map(({ transfer }) => transfer.name),
    ['b'],
  )
  tell('users')
  tell('all')
  await turn()
  assert.deepEqual(
    definitions.all().map(({ transfer }) => transfer.name),
    ['c'],
  )
  assert.equal(told, 3)
  definitions[Symbol.dispose]()
  tell('all')
})
