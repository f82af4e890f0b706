import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ControllerEvent } from '@portolan/gateway'
import type { Store } from '@portolan/store'
import type { LiveMembers, LiveStreams } from '../../contract/index.ts'
import { streamReport } from '../../routes/gateway/testing-access.ts'
import { AccessTeller } from './access-teller.ts'

type Change = Parameters<Store['changes']['subscribe']>[0]

test('streams are told once a second at most, each as it is then; members when something about them is new', t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const listeners = new Set<(event: ControllerEvent) => void>()
  const followers = new Set<Change>()
  const streams: LiveStreams[] = []
  const members: LiveMembers[] = []
  const teller = new AccessTeller({
    store: {
      changes: {
        subscribe(listener) {
          followers.add(listener)
          return { [Symbol.dispose]: () => void followers.delete(listener) }
        },
      },
    },
    access: {
      running: undefined,
      subscribe(listener) {
        listeners.add(listener)
        return { [Symbol.dispose]: () => void listeners.delete(listener) }
      },
    },
    tellStreams: one => void streams.push(one),
    tellMembers: one => void members.push(one),
  })
  const tell = (event: ControllerEvent) => {
    for (const listener of listeners) listener(event)
  }
  tell({ type: 'streams', streams: [streamReport()] })
  tell({
    type: 'streams',
    streams: [streamReport({ ZENTotalBytesRxClient: 5 }), streamReport({ ConnectionID: 'x' })],
  })
  assert.equal(streams.length, 0)
  t.mock.timers.tick(1_000)
  assert.deepEqual(
    streams.map(({ changed }) => changed.map(one => [one.ConnectionID, one.ZENTotalBytesRxClient])),
    [
      [
        ['s1', 5],
        ['x', 100],
      ],
    ],
  )
  assert.deepEqual(members, [{ edges: 0, connectors: 0, agents: 0, streams: 0 }])
  t.mock.timers.tick(3_000)
  assert.equal(streams.length, 1)
  assert.equal(members.length, 1)
  for (const listener of followers) listener({ topic: 'members', key: 'm' })
  t.mock.timers.tick(1_000)
  assert.equal(members.length, 2)
  teller[Symbol.dispose]()
  assert.equal(listeners.size + followers.size, 0)
  t.mock.timers.tick(5_000)
  assert.equal(members.length, 2)
})
