import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Quota, Quotas } from '../controller/quotas.ts'
import { QuotaGate } from './quota-gate.ts'
import { testLink } from './test-link.ts'

const MIB = 1024 * 1024
let home = ''
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'portolan-quota-'))
})
after(() => rm(home, { recursive: true }))

/** Gates on the real quotas of a user with an empty home. */
function open(quota: Quota) {
  const quotas = new Quotas()
  let asks = 0
  const link = testLink({
    reserveQuota: ask => {
      asks += 1
      return quotas.reserve(ask.user, home, quota, ask)
    },
    settleQuota: ask => void quotas.settle(ask.user, ask),
  })
  return {
    gate: (headroom = 0) => new QuotaGate(link, 'alice', headroom),
    left: () => quotas.left('alice', home, quota),
    asks: () => asks,
  }
}

const nothing = async () => ({ bytes: 0, files: 0 })
const published = async () => {}

test('the quota holds to the last byte', async () => {
  const { gate, left } = open({ bytes: 100 })
  const upload = gate()
  await upload.take(60)
  await upload.take(40)
  await assert.rejects(upload.take(1), { code: 'QUOTA_EXCEEDED', message: /quota of bytes/ })
  await upload.publish(nothing, published)
  assert.deepEqual(await left(), { bytes: 0 })
})

test('a large upload asks once for 16 MiB, not for every chunk', async () => {
  const { gate, asks } = open({ bytes: 1024 * MIB })
  const upload = gate()
  for (let count = 0; count < 40; count++) await upload.take(MIB)
  assert.equal(asks(), 3)
})

test('what was granted and not used goes back when the upload stands', async () => {
  const { gate, left } = open({ bytes: 64 * MIB })
  const upload = gate()
  await upload.take(10)
  await upload.publish(nothing, published)
  assert.deepEqual(await left(), { bytes: 64 * MIB - 10 })
})

test('all goes back when the upload does not stand, and only once', async () => {
  const { gate, left } = open({ bytes: 100, files: 1 })
  const upload = gate()
  await upload.takeFile()
  await upload.take(60)
  upload.release()
  upload.release()
  assert.deepEqual(await left(), { bytes: 100, files: 1 })
})

test('the file that is replaced makes room for the new one', async () => {
  const { gate, left } = open({ bytes: 100 })
  const first = gate()
  await first.take(100)
  await first.publish(nothing, published)
  const second = gate(100)
  await second.take(30)
  await second.publish(async () => ({ bytes: 100, files: 1 }), published)
  assert.deepEqual(await left(), { bytes: 70 })
})

test('a place of a file is refused when all are taken', async () => {
  const { gate, left } = open({ files: 1 })
  const [first, second] = [gate(), gate()]
  await first.takeFile()
  await assert.rejects(second.takeFile(), { code: 'QUOTA_EXCEEDED', message: /quota of files/ })
  await first.publish(nothing, published)
  assert.deepEqual(await left(), { files: 0 })
})

test('an upload that cannot be published keeps its claim until it is released', async () => {
  const { gate, left } = open({ bytes: 100 })
  const upload = gate()
  await upload.take(60)
  const full = new Error('the disk is full')
  await assert.rejects(
    upload.publish(nothing, async () => {
      throw full
    }),
    full,
  )
  const other = gate()
  await assert.rejects(other.take(60), { code: 'QUOTA_EXCEEDED' })
  other.release()
  upload.release()
  assert.deepEqual(await left(), { bytes: 100 })
})

test('uploads of one user are published one after the other', async () => {
  const { gate } = open({ bytes: 100 })
  const steps: string[] = []
  const step = (name: string) => async () => {
    steps.push(`${name} begins`)
    await new Promise(resolve => setImmediate(resolve))
    steps.push(`${name} ends`)
  }
  await Promise.all([gate().publish(nothing, step('first')), gate().publish(nothing, step('second'))])
  assert.deepEqual(steps, ['first begins', 'first ends', 'second begins', 'second ends'])
})

test('whatever uploads at the same time, what stands is counted exactly and never exceeds the quota', async () => {
  const upload = fc.record({ chunks: fc.array(fc.nat(40), { maxLength: 5 }), stands: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.nat(150), fc.array(upload, { maxLength: 8 }), async (bytes, uploads) => {
      const { gate, left } = open({ bytes })
      const stored = await Promise.all(
        uploads.map(async ({ chunks, stands }) => {
          const mine = gate()
          let size = 0
          try {
            for (const chunk of chunks) {
              await mine.take(chunk)
              size += chunk
            }
            if (!stands) throw new Error('broken')
            await mine.publish(nothing, published)
            return size
          } catch {
            mine.release()
            return 0
          }
        }),
      )
      const sum = stored.reduce((total, size) => total + size, 0)
      assert.ok(sum <= bytes)
      assert.deepEqual(await left(), { bytes: bytes - sum })
    }),
    { numRuns: 100 },
  )
})
