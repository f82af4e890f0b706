import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HealthReport, Prober, type ProberTime, type Probes } from './prober.ts'

/** A clock that goes when it is told to, with the ticks that fall due on the way. */
class Clock implements ProberTime {
  at = 0
  ticking: { ms: number; tick: () => void; next: number } | undefined

  now(): number {
    return this.at
  }

  every(ms: number, tick: () => void): () => void {
    this.ticking = { ms, tick, next: this.at + ms }
    return () => {
      this.ticking = undefined
    }
  }

  /** Lets time pass, and what was probed settle. */
  async pass(ms: number): Promise<void> {
    const end = this.at + ms
    while (this.ticking && this.ticking.next <= end) {
      this.at = this.ticking.next
      this.ticking.next += this.ticking.ms
      this.ticking.tick()
      await Promise.resolve()
      await Promise.resolve()
      await Promise.resolve()
    }
    this.at = end
  }
}

function stand(options: { isUp?: () => boolean; random?: () => number } = {}) {
  const time = new Clock()
  const probed: { at: number; port: number }[] = []
  const reports: HealthReport[] = []
  const prober = new Prober({
    time,
    random: options.random ?? (() => 0.5),
    onReport: report => reports.push(report),
    async probe({ port }) {
      probed.push({ at: time.at, port })
      if (options.isUp && !options.isUp()) throw new Error('refused')
    },
  })
  return { time, probed, reports, prober }
}

const probes = (mode: Probes[number]['mode'], ports = [21], segment = 's'): Probes => [
  { segment, host: '10.0.0.9', ports, mode },
]

describe('health reporting', () => {
  it('continuous probes every half a minute, give or take a tenth', async () => {
    let at = 0
    const { time, probed, prober, reports } = stand({ random: () => [0, 0.99, 0.3, 0.8][at++ % 4] ?? 0 })
    prober.configure(probes('continuous'))
    await time.pass(600_000)
    assert.ok(probed.length >= 18 && probed.length <= 22, `${probed.length}`)
    const gaps = probed.slice(1).map((probe, index) => probe.at - (probed[index]?.at ?? 0))
    assert.ok(gaps.every(gap => gap >= 27_000 && gap <= 33_050))
    assert.ok(new Set(gaps).size > 1)
    assert.deepEqual(reports[0], { segment: 's', host: '10.0.0.9', port: 21, state: 'up', ms: 0 })
  })

  it('begins no more than twenty probes in a second, and leaves none out', async () => {
    const { time, probed, prober } = stand()
    const ports = Array.from({ length: 10 }, (_, at) => at + 1)
    prober.configure(Array.from({ length: 50 }, (_, at) => probes('continuous', ports, `s${at}`)).flat())
    await time.pass(120_000)
    const seconds = new Map<number, number>()
    for (const { at } of probed)
      seconds.set(Math.floor(at / 1_000), (seconds.get(Math.floor(at / 1_000)) ?? 0) + 1)
    assert.ok(Math.max(...seconds.values()) <= 20)
    // 500 ports at 20 a second take 25 of the 30 seconds.
    assert.ok(probed.length >= 1_500, `${probed.length}`)
  })

  it('on access probes from the first stream until half an hour after the last, and then says that it does not know', async () => {
    const { time, probed, prober, reports } = stand()
    prober.configure(probes('on-access'))
    await time.pass(60_000)
    assert.equal(probed.length, 0)
    prober.accessed('other')
    prober.accessed('s')
    await time.pass(20 * 60_000)
    prober.accessed('s')
    await time.pass(29 * 60_000)
    assert.ok(probed.length > 80)
    assert.equal(reports.at(-1)?.state, 'up')
    const before = probed.length
    await time.pass(62_000)
    assert.ok(probed.length - before <= 3)
    const after = probed.length
    assert.equal(reports.at(-1)?.state, 'unknown')
    assert.equal(reports.filter(({ state }) => state === 'unknown').length, 1)
    await time.pass(3_600_000)
    assert.equal(probed.length, after)
    prober.accessed('s')
    await time.pass(1_000)
    assert.equal(probed.length, after + 1)
  })

  it('tells why a server is down, and that it is back', async () => {
    let up = false
    const { time, prober, reports } = stand({ isUp: () => up })
    prober.configure(probes('continuous'))
    await time.pass(30_000)
    assert.deepEqual(reports, [{ segment: 's', host: '10.0.0.9', port: 21, state: 'down', text: 'refused' }])
    up = true
    await time.pass(60_000)
    assert.equal(reports.at(-1)?.state, 'up')
    assert.deepEqual(prober.reports, [reports.at(-1)])
  })

  it('has no timer without anything to probe', async () => {
    const { time, prober, probed } = stand()
    assert.equal(time.ticking, undefined)
    prober.configure(probes('continuous'))
    assert.ok(time.ticking)
    await time.pass(60_000)
    const before = probed.length
    assert.ok(before > 0)
    prober.configure([])
    assert.equal(time.ticking, undefined)
    prober.accessed('s')
    await time.pass(3_600_000)
    assert.equal(probed.length, before)
    assert.deepEqual(prober.reports, [])
  })

  it('keeps what it knows of what stays', async () => {
    const { time, prober, probed } = stand()
    prober.configure(probes('continuous'))
    await time.pass(31_000)
    const { length } = probed
    prober.configure([...probes('continuous'), ...probes('continuous', [990], 't')])
    assert.equal(prober.reports.length, 1)
    await time.pass(1_000)
    assert.equal(probed.filter(({ port }) => port === 21).length, length)
  })

  it('says nothing of what was taken away while it was probed', async () => {
    const time = new Clock()
    const probe = Promise.withResolvers<void>()
    const reports: HealthReport[] = []
    const prober = new Prober({
      time,
      random: () => 0,
      probe: () => probe.promise,
      onReport: r => reports.push(r),
    })
    prober.configure(probes('continuous'))
    await time.pass(1_000)
    prober.configure([])
    probe.resolve()
    await time.pass(1_000)
    assert.deepEqual(reports, [])
  })

  it('ends its probes when it is disposed', async () => {
    const time = new Clock()
    let ended = false
    const prober = new Prober({
      time,
      random: () => 0,
      onReport() {},
      probe: (_target, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            ended = true
            reject(new Error('x'))
          })
        }),
    })
    prober.configure(probes('continuous'))
    await time.pass(100)
    prober[Symbol.dispose]()
    assert.ok(ended)
    assert.equal(time.ticking, undefined)
  })
})
