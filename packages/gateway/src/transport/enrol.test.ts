import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import type { MemberKind } from '../model/index.ts'
import { readIdentity, writeIdentity } from '../pki/identity-file.ts'
import { encodeInvitation } from '../pki/invitation.ts'
import type { Identity } from '../pki/types.ts'
import { type EnrolOptions, enrol } from './enrol.ts'
import { ensureIdentity, identityOfKind } from './ensure-identity.ts'
import { listenForParts } from './listen.ts'
import { type TestAuthority, testAuthority } from './testing-identities.ts'

const LONG_AGO = Date.UTC(2020, 0, 1)
const HOUR_MS = 3_600_000

const root = mkdtempSync(join(tmpdir(), 'portolan-enrol-'))
after(() => rm(root, { recursive: true, force: true }))

let authority: TestAuthority
before(async () => {
  authority = await testAuthority(LONG_AGO)
})

/** Answers requests as a controller would. */
async function issue(request: EnrolRequest, by: TestAuthority = authority): Promise<EnrolReply> {
  const kind: MemberKind = request.type === 'enrol' ? request.kind : 'agent'
  const identity = { kind, id: 'new' } as const
  const now = Date.now()
  const { certificate, expiresAt } = await by.issue({ csr: request.csr, identity, lifetimeMs: HOUR_MS, now })
  const issued = { id: 'new', kind, certificate, authority: by.certificate, expiresAt }
  return { type: 'enrolled', ...issued, addresses: ['edge.test:1'] }
}

interface Server {
  readonly address: string
  readonly asked: EnrolRequest[]
}

async function serve(
  stack: AsyncDisposableStack,
  answer: (request: EnrolRequest) => Promise<EnrolReply> = issue,
  as?: Identity,
): Promise<Server> {
  const asked: EnrolRequest[] = []
  const listener = await listenForParts({
    host: '127.0.0.1',
    port: 0,
    identity: as ?? (await authority.identity({ kind: 'edge' })),
    protocols: ['enrol'],
    isValid: () => undefined,
    onPart: () => {},
    onEnrol(request) {
      asked.push(request)
      return answer(request)
    },
    onRefused: () => {},
  })
  stack.use(listener)
  return { address: `127.0.0.1:${listener.port}`, asked }
}

const SIGN_IN = {
  type: 'sign-in',
  user: 'alice',
  password: 'secret',
  device: 'laptop',
  labels: [],
  version: '1',
} as const
const CONNECTOR = { type: 'enrol', kind: 'connector', name: 'c', addresses: [], version: '1' } as const

const ask = (addresses: readonly string[], change: Partial<EnrolOptions> = {}) =>
  enrol({
    invitation: { authority: authority.fingerprint, key: 'Berlin', secret: 's' },
    addresses,
    request: CONNECTOR,
    signal: AbortSignal.timeout(10_000),
    ...change,
  })

describe('enrolling', () => {
  it('makes a key of its own and an identity of what is answered', async () => {
    await using stack = new AsyncDisposableStack()
    const { address, asked } = await serve(stack)
    const identity = await ask([address])
    assert.deepEqual([identity.kind, identity.id, identity.addresses], ['connector', 'new', ['edge.test:1']])
    assert.equal(identity.authority, authority.certificate)
    const [request] = asked
    assert.ok(request?.type === 'enrol')
    assert.deepEqual([request.key, request.secret, request.name], ['Berlin', 's', 'c'])
    assert.doesNotMatch(JSON.stringify(asked), /PRIVATE KEY/)
  })

  it('goes on to the next address when nobody is at the first, or when that one reaches no controller', async () => {
    await using stack = new AsyncDisposableStack()
    const away = await serve(stack, async () => ({
      type: 'refused',
      code: 'GATEWAY_UNREACHABLE',
      text: 'later',
    }))
    const good = await serve(stack)
    assert.equal((await ask(['127.0.0.1:1', away.address, good.address])).id, 'new')
    assert.equal(away.asked.length, 1)
  })

  it('takes no for an answer', async () => {
    await using stack = new AsyncDisposableStack()
    const no = await serve(stack, async () => ({
      type: 'refused',
      code: 'GATEWAY_CODE_NEEDED',
      text: 'The code, please.',
    }))
    const other = await serve(stack)
    await assert.rejects(ask([no.address, other.address], { request: SIGN_IN }), {
      name: 'GatewayError',
      code: 'GATEWAY_CODE_NEEDED',
      message: 'The code, please.',
    })
    assert.equal(other.asked.length, 0)
  })

  it('does not ask twice when an answer was lost: the key may have been used', async () => {
    await using stack = new AsyncDisposableStack()
    const lost = new AbortController()
    const first = await serve(stack, () => {
      lost.abort()
      return new Promise(() => {})
    })
    const other = await serve(stack)
    await assert.rejects(ask([first.address, other.address], { signal: lost.signal }), {
      name: 'GatewayError',
      code: 'GATEWAY_UNREACHABLE',
      message: /may have been done all the same/,
    })
    assert.equal(other.asked.length, 0)
  })

  const impostors: readonly [what: string, as: () => Promise<Identity>, message: RegExp][] = [
    [
      'of another authority',
      async () => (await testAuthority()).identity({ kind: 'edge' }),
      /not of the authority that the invitation names/,
    ],
    [
      'that is a connector',
      () => authority.identity({ kind: 'connector' }),
      /of kind connector, which enrols nobody/,
    ],
    ['that is an agent', () => authority.identity({ kind: 'agent' }), /of kind agent, which enrols nobody/],
    [
      'whose certificate has expired',
      () => authority.identity({ kind: 'edge', at: LONG_AGO }),
      /expired: it counted until 2020/,
    ],
    [
      'that shows the authority beside a certificate of its own',
      async () => ({
        ...(await (await testAuthority()).identity({ kind: 'edge' })),
        authority: authority.certificate,
      }),
      /was not trusted/,
    ],
  ]
  for (const [what, as, message] of impostors)
    it(`says nothing to somebody ${what}`, async () => {
      await using stack = new AsyncDisposableStack()
      const { address, asked } = await serve(stack, issue, await as())
      await assert.rejects(ask([address], { request: SIGN_IN }), { code: 'GATEWAY_PEER', message })
      assert.equal(asked.length, 0)
    })

  const answers: readonly [
    what: string,
    answer: (request: EnrolRequest) => Promise<EnrolReply>,
    message: RegExp,
  ][] = [
    ['for another key', async request => issue({ ...request, csr: await otherCsr() }), /for another key/],
    [
      'from another authority',
      async request => issue(request, await testAuthority()),
      /from another authority/,
    ],
    [
      'that names another member',
      async request => {
        const reply = await issue(request)
        return reply.type === 'enrolled' ? { ...reply, id: 'somebody' } : reply
      },
      /names another member/,
    ],
    [
      'for another kind',
      async request => issue(request.type === 'enrol' ? { ...request, kind: 'edge' } : request),
      /names another member/,
    ],
  ]
  for (const [what, answer, message] of answers)
    it(`takes no certificate ${what}`, async () => {
      await using stack = new AsyncDisposableStack()
      const { address } = await serve(stack, answer)
      await assert.rejects(ask([address]), { code: 'GATEWAY_PEER', message })
    })

  it('says that a key is needed when the invitation has none', async () => {
    await assert.rejects(ask(['127.0.0.1:1'], { invitation: { authority: authority.fingerprint } }), {
      code: 'GATEWAY_INVITATION',
      message: /for agents; a connector needs one with a provisioning key/,
    })
  })
})

const otherCsr = async () => (await import('../pki/key.ts')).newKeyAndCsr().then(({ csr }) => csr)

describe('the identity of a part', () => {
  const ensure = (folder: string, change: Partial<Parameters<typeof ensureIdentity>[0]> = {}) =>
    ensureIdentity({
      folder,
      kind: 'connector',
      name: 'c',
      version: '1',
      signal: AbortSignal.timeout(10_000),
      ...change,
    })
  const invitationTo = (address: string, kind: 'edge' | 'connector' = 'connector') =>
    encodeInvitation({
      kind,
      addresses: [address],
      authority: authority.fingerprint,
      key: 'Berlin',
      secret: 's',
    })

  it('is asked for once, and kept', async () => {
    await using stack = new AsyncDisposableStack()
    const { address, asked } = await serve(stack)
    const folder = join(root, 'once')
    const first = await ensure(folder, { invitation: invitationTo(address) })
    const second = await ensure(folder, { invitation: 'not even looked at' })
    assert.deepEqual(second, first)
    assert.deepEqual(await readIdentity(folder), first)
    assert.equal(asked.length, 1)
  })

  it('needs an invitation at first', async () => {
    await assert.rejects(ensure(join(root, 'none')), {
      code: 'GATEWAY_INVITATION',
      message: /an invitation is needed/,
    })
  })

  it('is not that of another kind', async () => {
    await using stack = new AsyncDisposableStack()
    const { address } = await serve(stack)
    const folder = join(root, 'kinds')
    await ensure(folder, { invitation: invitationTo(address) })
    await assert.rejects(ensure(folder, { kind: 'edge' }), {
      code: 'GATEWAY_IDENTITY',
      message: /identity of kind connector, not of kind edge: give each part a folder of its own/,
    })
    assert.equal((await identityOfKind(folder, 'connector'))?.id, 'new')
    const wrong = ensure(join(root, 'wrong'), { invitation: invitationTo(address, 'edge') })
    await assert.rejects(wrong, {
      code: 'GATEWAY_INVITATION',
      message: /for kind edge, not for kind connector/,
    })
  })

  it('that has expired is told of with both times, and enrols anew when there is an invitation', async () => {
    await using stack = new AsyncDisposableStack()
    const { address } = await serve(stack)
    const folder = join(root, 'expired')
    await writeIdentity(folder, await authority.identity({ kind: 'connector', at: LONG_AGO }))
    await assert.rejects(ensure(folder), {
      code: 'GATEWAY_IDENTITY',
      message: /expired: it counted until 2020-01-01T01:00:00.000Z, and the clock here says/,
    })
    assert.equal((await ensure(folder, { invitation: invitationTo(address) })).id, 'new')
  })

  it('is not asked for where nothing answers', async () => {
    const server = createServer(socket => socket.destroy())
    server.listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const bound = server.address()
    const address = `127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
    await assert.rejects(ensure(join(root, 'nobody'), { invitation: invitationTo(address) }), {
      code: /GATEWAY_(UNREACHABLE|PEER)/,
    })
    server.close()
  })
})
