import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { type Channel, connect } from './ipc.ts'

/** Two ends of a pipe that carries JSON, as the one between processes does. */
function pipe(): [Channel & { close(): void }, Channel & { close(): void }] {
  const ends = [new EventEmitter(), new EventEmitter()] as const
  const channel = (mine: EventEmitter, theirs: EventEmitter) => ({
    send: (message: unknown) =>
      void setImmediate(() => theirs.emit('message', JSON.parse(JSON.stringify(message)))),
    onMessage: (listener: (message: unknown, socket: undefined) => void) => void mine.on('message', listener),
    onClosed: (listener: () => void) => void mine.on('closed', listener),
    close: () => void mine.emit('closed'),
  })
  return [channel(ends[0], ends[1]), channel(ends[1], ends[0])]
}

interface Sums {
  add(a: number, b: number): Promise<number>
  fail(): Promise<void>
  never(): Promise<void>
  events(list: readonly string[]): void
}

function sums() {
  const [here, there] = pipe()
  const told: string[] = []
  const answers: Sums = {
    add: async (a, b) => a + b,
    fail: async () => {
      throw new Error('no')
    },
    never: () => new Promise(() => {}),
    events: list => void told.push(...list),
  }
  connect(there, answers)
  return { remote: connect<Sums>(here, {}), told, here }
}

test('a call is answered with the value, whatever the order of the answers', async () => {
  const { remote } = sums()
  assert.deepEqual(await Promise.all([remote.add(1, 2), remote.add(3, 4)]), [3, 7])
})

test('what the other end throws is thrown here', async () => {
  await assert.rejects(sums().remote.fail(), /no/)
})

test('what is told arrives in order without an answer', async () => {
  const { remote, told } = sums()
  remote.events(['a'])
  remote.events(['b', 'c'])
  await remote.add(0, 0)
  assert.deepEqual(told, ['a', 'b', 'c'])
})

test('calls that wait fail when the other end goes', async () => {
  const { remote, here } = sums()
  const waiting = remote.never()
  here.close()
  await assert.rejects(waiting, { code: 'LINK_BROKEN' })
})
