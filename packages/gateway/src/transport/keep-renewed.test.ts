import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { EnrolReply } from '../control/messages.ts'
import { readIdentity } from '../pki/identity-file.ts'
import type { Identity } from '../pki/types.ts'
import { type KeepRenewedOptions, keepRenewed } from './keep-renewed.ts'
import { type TestAuthority, testAuthority } from './testing-identities.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const root = mkdtempSync(join(tmpdir(), 'portolan-renew-'))
after(() => rm(root, { recursive: true, force: true }))

// What is waited for stands on timers that keep no process alive.
const alive = setInterval(() => {}, 60_000)
after(() => clearInterval(alive))

let authority: TestAuthority
let identity: Identity
let issuedAt: number
before(async () => {
  authority = await testAuthority()
  issuedAt = Date.now()
  identity = await authority.identity({ kind: 'connector', lifetimeMs: 3 * DAY_MS, at: issuedAt })
})

/** A member whose clock stands at so long after its certificate was issued; `answer` is its controller. */
function member(
  afterMs: number,
  answer: (csr: string) => Promise<EnrolReply | undefined>,
  change: Partial<KeepRenewedOptions> = {},
) {
  const csrs: string[] = []
  const renewed = Promise.withResolvers<Identity>()
  const failed = Promise.withResolvers<{ text: string; final: boolean }>()
  const renewals = keepRenewed({
    folder: mkdtempSync(join(root, 'member-')),
    identity,
    send(csr) {
      csrs.push(csr)
      void answer(csr).then(reply => reply && renewals.answered(reply))
      return true
    },
    onRenewed: renewed.resolve,
    onFailed: (text, final) => failed.resolve({ text, final }),
    now: () => issuedAt + afterMs,
    random: () => 0.5,
    ...change,
  })
  return { renewals, csrs, renewed: renewed.promise, failed: failed.promise }
}

async function reply(csr: string, id = identity.id): Promise<EnrolReply> {
  const now = issuedAt + 2 * DAY_MS
  const { certificate, expiresAt } = await authority.issue({
    csr,
    identity: { kind: 'connector', id },
    lifetimeMs: 3 * DAY_MS,
    now,
  })
  return {
    type: 'enrolled',
    id,
    kind: 'connector',
    certificate,
    authority: authority.certificate,
    addresses: [],
    expiresAt,
  }
}

describe('a certificate that is kept renewed', () => {
  it('is due a little before two thirds of its lifetime, not all at the same time', () => {
    for (const [random, share] of [
      [0, 2 / 3],
      [1, 2 / 3 - 1 / 20],
    ] as const) {
      const { renewals, csrs } = member(0, async () => undefined, { random: () => random })
      assert.ok(Math.abs(renewals.dueAt - issuedAt - 3 * DAY_MS * share) < 2_000)
      assert.equal(csrs.length, 0)
      renewals[Symbol.dispose]()
    }
  })

  it('gets a new key and a new certificate, which are kept, and is due again', async () => {
    const folder = join(root, 'renewed')
    const { renewals, renewed } = member(2 * DAY_MS, reply, { folder })
    const next = await renewed
    assert.equal(next.id, identity.id)
    assert.notEqual(next.key, identity.key)
    assert.equal(renewals.identity, next)
    assert.ok(renewals.dueAt > issuedAt + 3 * DAY_MS)
    // It is written right after it is told.
    while ((await readIdentity(folder))?.certificate !== next.certificate) await new Promise(setImmediate)
    renewals[Symbol.dispose]()
  })

  it('is asked for again when there is no link now', async () => {
    const { renewals, failed } = member(2 * DAY_MS, reply, { send: () => false })
    assert.deepEqual((await failed).final, false)
    assert.match((await failed).text, /no controller could be asked.*counts until/)
    assert.ok(renewals.dueAt > issuedAt + 2 * DAY_MS)
    renewals[Symbol.dispose]()
  })

  it('is asked for with the same key when the answer was lost, so that it is the same certificate', async () => {
    const answers = [undefined, 'now'] as const
    let clock = issuedAt + 2.5 * DAY_MS
    const csrs: string[] = []
    const renewed = Promise.withResolvers<Identity>()
    const again = Promise.withResolvers<void>()
    const renewals = keepRenewed({
      folder: join(root, 'lost'),
      identity,
      send(csr) {
        csrs.push(csr)
        if (answers[csrs.length - 1] === undefined) return false
        void reply(csr).then(answer => renewals.answered(answer))
        return true
      },
      onRenewed: renewed.resolve,
      onFailed: () => again.resolve(),
      now: () => clock,
      // The first wait is 5 ms of the real clock: the clock of the test is far beyond when it is over.
      random: () => -0.999,
    })
    await again.promise
    clock += HOUR_MS
    await renewed.promise
    assert.equal(csrs.length, 2)
    assert.equal(csrs[0], csrs[1])
    renewals[Symbol.dispose]()
  })

  const refused: readonly [code: Extract<EnrolReply, { type: 'refused' }>['code'], final: boolean][] = [
    ['GATEWAY_UNREACHABLE', false],
    ['GATEWAY_ENROL_REFUSED', true],
  ]
  for (const [code, final] of refused)
    it(`${final ? 'is given up' : 'is tried again'} when it is refused with ${code}`, async () => {
      const { renewals, failed } = member(2 * DAY_MS, async () => ({
        type: 'refused',
        code,
        text: 'Because.',
      }))
      const told = await failed
      assert.equal(told.final, final)
      assert.match(told.text, /not renewed: Because\./)
      assert.equal(renewals.identity, identity)
      renewals[Symbol.dispose]()
    })

  it('is not taken when it names another member', async () => {
    const { renewals, failed } = member(2 * DAY_MS, csr => reply(csr, 'somebody'))
    assert.match((await failed).text, /names another member/)
    assert.equal(renewals.identity, identity)
    renewals[Symbol.dispose]()
  })

  it('counts when it cannot be kept, and that is told', async () => {
    const file = join(root, 'in-the-way')
    await writeFile(file, '')
    const { renewals, renewed, failed } = member(2 * DAY_MS, reply, { folder: join(file, 'x') })
    assert.equal((await renewed).id, identity.id)
    assert.match((await failed).text, /lost when this program ends: .*cannot be written/)
    renewals[Symbol.dispose]()
  })

  it('is asked for no more once it is over', async () => {
    const { renewals, csrs } = member(2 * DAY_MS, reply)
    renewals[Symbol.dispose]()
    await new Promise(setImmediate)
    assert.equal(csrs.length, 0)
  })
})
