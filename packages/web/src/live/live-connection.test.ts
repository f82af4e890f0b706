import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveConnection, type Source } from './live-connection.ts'

class FakeSource implements Source {
  closed = false
  readonly topics: readonly string[]
  readonly #listeners = new Map<string, (event: { data: string }) => void>()

  constructor(topics: readonly string[]) {
    this.topics = topics
  }

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(type, listener)
  }

  close(): void {
    this.closed = true
  }

  send(type: string, data = ''): void {
    this.#listeners.get(type)?.({ data })
  }
}

/** A clock that runs when it is told to. */
function bench() {
  const sources: FakeSource[] = []
  const waits: number[] = []
  let pending: (() => void) | undefined
  const live = new LiveConnection(
    topics => {
      const source = new FakeSource(topics)
      sources.push(source)
      return source
    },
    {
      set(run, ms) {
        pending = run
        waits.push(ms)
        return run
      },
      clear() {
        pending = undefined
      },
    },
  )
  const run = () => {
    const next = pending
    pending = undefined
    next?.()
  }
  return { live, sources, waits, run, latest: () => sources.at(-1) as FakeSource }
}

test('subscriptions of one moment share one stream with all their topics', () => {
  const { live, sources, run, latest } = bench()
  live.subscribe(['sample'], () => {})
  live.subscribe(['sessions', 'sample'], () => {})
  run()
  assert.equal(sources.length, 1)
  assert.deepEqual(latest().topics, ['sample', 'sessions'])
  assert.equal(live.state, 'connecting')
  latest().send('open')
  assert.equal(live.state, 'live')
})

test('each subscription gets the events of its topics alone', () => {
  const { live, run, latest } = bench()
  const heard: string[] = []
  live.subscribe(['sample'], (topic, data) => heard.push(`a ${topic} ${JSON.stringify(data)}`))
  live.subscribe(['ports'], topic => heard.push(`b ${topic}`))
  run()
  latest().send('sample', '{"at":1}')
  latest().send('ports', '{}')
  latest().send('sample', 'no json')
  assert.deepEqual(heard, ['a sample {"at":1}', 'b ports'])
})

test('a newcomer opens the stream anew, so that it gets the first event; who leaves the others alone does not', () => {
  const { live, sources, run } = bench()
  live.subscribe(['sessions'], () => {})
  run()
  const leave = live.subscribe(['sessions'], () => {})
  run()
  assert.equal(sources.length, 2)
  assert.equal(sources[0]?.closed, true)
  leave()
  run()
  assert.equal(sources.length, 2)
  assert.equal(sources[1]?.closed, false)
})

test('the last one who leaves closes the stream', () => {
  const { live, run, latest } = bench()
  const leave = live.subscribe(['sample'], () => {})
  run()
  leave()
  run()
  assert.equal(latest().closed, true)
  assert.equal(live.state, 'off')
})

test('a lost stream is tried again, later each time and half a minute at most, and at once after a success', () => {
  const { live, waits, run, latest } = bench()
  live.subscribe(['sample'], () => {})
  run()
  for (let attempt = 0; attempt < 7; attempt++) {
    latest().send('error')
    assert.equal(live.state, 'lost')
    assert.equal(latest().closed, true)
    run()
  }
  assert.deepEqual(waits, [30, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  latest().send('open')
  latest().send('error')
  assert.equal(waits.at(-1), 1000)
})

test('a stream rests while nobody looks and comes back', () => {
  const { live, sources, run, latest } = bench()
  live.subscribe(['sample'], () => {})
  run()
  live.rest(true)
  run()
  assert.equal(live.state, 'resting')
  assert.equal(latest().closed, true)
  live.rest(false)
  run()
  assert.equal(sources.length, 2)
  assert.equal(live.state, 'connecting')
})

test('the error of a stream that was replaced changes nothing', () => {
  const { live, sources, run } = bench()
  live.subscribe(['sample'], () => {})
  run()
  live.subscribe(['ports'], () => {})
  run()
  sources[1]?.send('open')
  sources[0]?.send('error')
  assert.equal(live.state, 'live')
})
