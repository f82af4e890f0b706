import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createThrottle } from '@portolan/channels'
import type { Status } from '../codes.ts'
import type { StreamSink, WireStream } from '../wire/types.ts'
import { type Meter, MeteredStream } from './metered-stream.ts'

/** A stream with endless credit that notes what is done with it. */
class Recorder implements WireStream {
  readonly id = 1
  readonly received = 0
  readonly lastMovedAt = 0
  sent = 0
  room = 1_000_000
  credited = 0
  sink: StreamSink | undefined
  attach(sink: StreamSink): void {
    this.sink = sink
  }
  write(bytes: Uint8Array): boolean {
    this.sent += bytes.length
    return this.room > 0
  }
  end(): void {}
  reset(_status: Status): void {}
  note(): void {}
  consumed(bytes: number): void {
    this.credited += bytes
  }
}

/** A throttle on a clock of its own; `pass` lets time go by. */
function slow(bytesPerSecond: number) {
  let now = 0
  const sleeping: { until: number; wake: () => void }[] = []
  const throttle = createThrottle({
    bytesPerSecond,
    burst: 1,
    now: () => now,
    sleep: ms => new Promise(wake => sleeping.push({ until: now + ms, wake })),
  })
  return {
    throttle,
    async pass(ms: number) {
      const end = now + ms
      for (;;) {
        const next = sleeping.toSorted((a, b) => a.until - b.until)[0]
        if (!next || next.until > end) break
        now = next.until
        sleeping.splice(sleeping.indexOf(next), 1)
        next.wake()
        await new Promise(resolve => setImmediate(resolve))
      }
      now = end
    },
  }
}

function stand(throttles: Partial<Record<'up' | 'down', ReturnType<typeof slow>['throttle']>>) {
  const below = new Recorder()
  let bytes = 0
  const meter: Meter = { count: more => (bytes += more), throttle: direction => throttles[direction] }
  const stream = new MeteredStream(below, meter)
  const told: string[] = []
  stream.attach({
    onData: data => stream.consumed(data.length),
    onEnd: () => told.push('end'),
    onReset: () => told.push('reset'),
    onRoom: () => told.push('room'),
  })
  return { below, stream, told, counted: () => bytes }
}

describe('a bandwidth bound', () => {
  it('towards the server gives credit at the rate, and all of it in the end', async () => {
    const clock = slow(1_000)
    const { below, counted } = stand({ up: clock.throttle })
    for (let piece = 0; piece < 10; piece++) below.sink?.onData(Buffer.alloc(500))
    assert.equal(below.credited, 0)
    await clock.pass(1_000)
    assert.ok(below.credited <= 1_001, `${below.credited}`)
    await clock.pass(5_000)
    assert.equal(below.credited, 5_000)
    assert.equal(counted(), 5_000)
  })

  it('towards the client reads on at the rate', async () => {
    const clock = slow(1_000)
    const { below, stream, told } = stand({ down: clock.throttle })
    assert.equal(stream.write(Buffer.alloc(2_000)), false)
    assert.equal(stream.room, 0)
    assert.equal(below.sent, 2_000)
    below.sink?.onRoom()
    await clock.pass(1_500)
    assert.deepEqual(told, [])
    await clock.pass(1_000)
    assert.deepEqual(told, ['room'])
    assert.ok(stream.room > 0)
  })

  it('leaves it to the link to say that there is room, when there is none after the wait', async () => {
    const clock = slow(1_000)
    const { below, stream, told } = stand({ down: clock.throttle })
    below.room = 0
    stream.write(Buffer.alloc(100))
    await clock.pass(1_000)
    assert.deepEqual(told, [])
    below.room = 1
    below.sink?.onRoom()
    assert.deepEqual(told, ['room'])
  })

  it('is shared by all streams', async () => {
    const clock = slow(1_000)
    const [one, other] = [stand({ up: clock.throttle }), stand({ up: clock.throttle })]
    one.below.sink?.onData(Buffer.alloc(1_000))
    other.below.sink?.onData(Buffer.alloc(1_000))
    await clock.pass(1_100)
    assert.deepEqual([one.below.credited, other.below.credited], [1_000, 0])
    await clock.pass(1_000)
    assert.equal(other.below.credited, 1_000)
  })

  it('that is none holds nothing up', () => {
    const { below, stream, told } = stand({})
    below.sink?.onData(Buffer.alloc(10))
    assert.equal(below.credited, 10)
    assert.equal(stream.write(Buffer.alloc(10)), true)
    below.sink?.onRoom()
    below.sink?.onEnd()
    below.sink?.onReset({ code: 'CON_LOST', text: '' })
    assert.deepEqual(told, ['room', 'end', 'reset'])
  })
})
