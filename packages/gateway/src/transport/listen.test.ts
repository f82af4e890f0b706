import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import type { EnrolReply, EnrolRequest } from '../control/messages.ts'
import type { Identity, MemberIdentity } from '../pki/types.ts'
import { ALPN } from '../wire/types.ts'
import { dialPart } from './dial.ts'
import { type ListenOptions, listenForParts, type PartListener } from './listen.ts'
import { type TestAuthority, testAuthority } from './testing-identities.ts'

const PATIENCE_MS = 10_000
const LONG_AGO = Date.UTC(2020, 0, 1)

let authority: TestAuthority
let edge: Identity
before(async () => {
  authority = await testAuthority(LONG_AGO)
  edge = await authority.identity({ kind: 'edge' })
})

/** A listener, what it let in and what it refused. */
interface Opened {
  readonly listener: PartListener
  readonly refused: { address: string; status: Status }[]
  readonly parts: { protocol: string; peer: MemberIdentity; from: string; socket: TLSSocket }[]
  readonly asked: { request: EnrolRequest; from: string }[]
  /** Resolves with the first refusal that there is, or comes. */
  refusal(): Promise<Status>
}

const REFUSED: EnrolReply = { type: 'refused', code: 'GATEWAY_ENROL_REFUSED', text: 'no' }

async function open(stack: AsyncDisposableStack, options: Partial<ListenOptions> = {}): Promise<Opened> {
  const refused: Opened['refused'] = []
  const parts: Opened['parts'] = []
  const asked: Opened['asked'] = []
  const first = Promise.withResolvers<Status>()
  const listener = await listenForParts({
    host: '127.0.0.1',
    port: 0,
    identity: edge,
    protocols: ['enrol', 'agent', 'connector'],
    isValid: () => undefined,
    onPart: (protocol, socket, peer, from) => {
      socket.on('error', () => {})
      parts.push({ protocol, peer, from, socket })
      socket.write('welcome')
    },
    async onEnrol(request, from) {
      asked.push({ request, from })
      return REFUSED
    },
    onRefused(address, status) {
      refused.push({ address, status })
      first.resolve(status)
    },
    ...options,
  })
  stack.use(listener)
  return { listener, refused, parts, asked, refusal: () => first.promise }
}

const at = (listener: PartListener) => `127.0.0.1:${listener.port}`

/** A member comes in and hears the word that all hear. */
async function comesIn(
  listener: PartListener,
  kind: 'agent' | 'connector' = 'agent',
): Promise<MemberIdentity> {
  const { socket, peer } = await dialPart({
    identity: await authority.identity({ kind }),
    address: at(listener),
    protocol: kind,
    expects: 'edge',
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  const [word] = await once(socket, 'data')
  assert.equal(String(word), 'welcome')
  socket.destroy()
  return peer
}

/** Connects without minding who is there. Answers all that is said until the end, or the error. */
async function tlsTo(listener: PartListener, options: ConnectionOptions, say = ''): Promise<Buffer | Error> {
  const socket = connect({ host: '127.0.0.1', port: listener.port, rejectUnauthorized: false, ...options })
  if (say !== '') socket.write(say)
  return untilEnd(socket)
}

function untilEnd(socket: Socket): Promise<Buffer | Error> {
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  return new Promise(resolve => {
    socket.on('error', resolve)
    socket.on('close', () => resolve(Buffer.concat(pieces)))
  })
}

async function tcpTo(listener: PartListener, say: string | Buffer): Promise<Buffer | Error> {
  const socket = connectTcp({ host: '127.0.0.1', port: listener.port })
  socket.write(say)
  return untilEnd(socket)
}

const shown = (identity: Identity) => ({ key: identity.key, cert: identity.certificate })
/** The word of a GOAWAY frame. */
const wordOf = (said: Buffer | Error): Status => {
  assert.ok(Buffer.isBuffer(said), String(said))
  assert.equal(said[0], 12)
  return JSON.parse(said.subarray(8).toString())
}

interface Stranger {
  readonly what: string
  come(listener: PartListener): Promise<Buffer | Error>
  readonly code: Status['code']
  readonly text: RegExp
  /** What the stranger is told. */
  readonly told?: RegExp
}

const STRANGERS: readonly Stranger[] = [
  {
    what: 'garbage',
    come: listener => tcpTo(listener, Buffer.alloc(4_096, 0xa7)),
    code: 'POL_HANDSHAKE',
    text: /No TLS connection/,
  },
  {
    what: 'plain HTTP',
    come: listener => tcpTo(listener, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    code: 'POL_HANDSHAKE',
    text: /No TLS connection/,
  },
  {
    what: 'somebody who only knocks',
    async come(listener) {
      const socket = connectTcp({ host: '127.0.0.1', port: listener.port })
      await once(socket, 'connect')
      socket.end()
      return untilEnd(socket)
    },
    code: 'POL_HANDSHAKE',
    text: /./,
  },
  {
    what: 'TLS 1.2',
    come: listener => tlsTo(listener, { maxVersion: 'TLSv1.2', ALPNProtocols: [ALPN.agent] }),
    code: 'POL_HANDSHAKE',
    text: /No TLS connection/,
  },
  {
    what: 'another protocol',
    come: listener => tlsTo(listener, { ALPNProtocols: ['h2', 'http/1.1'] }),
    code: 'POL_HANDSHAKE',
    text: /no application protocol/,
  },
  {
    what: 'a protocol that this listener does not take',
    come: listener => tlsTo(listener, { ALPNProtocols: [ALPN.control] }),
    code: 'POL_HANDSHAKE',
    text: /no application protocol/,
  },
  {
    what: 'no protocol at all',
    come: listener => tlsTo(listener, {}),
    code: 'POL_HANDSHAKE',
    text: /no protocol of these parts/,
  },
  {
    what: 'no certificate',
    come: listener => tlsTo(listener, { ALPNProtocols: [ALPN.agent] }),
    code: 'POL_CERTIFICATE',
    text: /shows no certificate/,
  },
  {
    what: 'a certificate of another authority',
    async come(listener) {
      const foreign = await (await testAuthority()).identity({ kind: 'agent' })
      return tlsTo(listener, { ...shown(foreign), ALPNProtocols: [ALPN.agent] })
    },
    code: 'POL_CERTIFICATE',
    text: /not signed by the authority/,
  },
  {
    what: 'a certificate that has expired',
    async come(listener) {
      const old = await authority.identity({ kind: 'agent', at: LONG_AGO })
      return tlsTo(listener, { ...shown(old), ALPNProtocols: [ALPN.agent] })
    },
    code: 'POL_CERTIFICATE',
    text: /expired: it counted until 2020-01-01T01:00:00.000Z, and the clock here says 20\d\d-/,
    told: /expired: it counted until 2020-01-01T01:00:00.000Z.*enrol or sign in anew/,
  },
  {
    what: 'a certificate of a clock that is ahead',
    async come(listener) {
      const early = await authority.identity({ kind: 'agent', at: Date.now() + 3_600_000 })
      return tlsTo(listener, { ...shown(early), ALPNProtocols: [ALPN.agent] })
    },
    code: 'POL_CERTIFICATE',
    text: /not yet valid: it counts from/,
    told: /not yet valid: it counts from .* One of the clocks is wrong: set it/,
  },
  {
    what: 'a connector that says it is an agent',
    async come(listener) {
      const connector = await authority.identity({ kind: 'connector' })
      return tlsTo(listener, { ...shown(connector), ALPNProtocols: [ALPN.agent] })
    },
    code: 'POL_CERTIFICATE',
    text: /of kind connector, not agent.*\(connector the-connector, certificate [0-9a-f]{32}\)/,
    told: /of kind connector, not agent/,
  },
]

describe('a listener for parts', () => {
  for (const { what, come, code, text, told } of STRANGERS)
    it(`does not let in ${what}, says so once, and goes on with others`, async () => {
      await using stack = new AsyncDisposableStack()
      const { listener, refused, refusal, parts } = await open(stack)
      const said = await come(listener)
      await refusal()
      if (told) assert.match(wordOf(said).text, told)
      else if (Buffer.isBuffer(said)) assert.ok(said.length < 16, 'an alert at the most')
      assert.equal(parts.length, 0)
      await comesIn(listener)
      assert.equal(refused.length, 1)
      assert.equal(refused[0]?.address, '127.0.0.1')
      assert.equal(refused[0].status.code, code)
      assert.match(refused[0].status.text, text)
      assert.equal(listener.inHandshake, 0)
    })

  it('lets in members of the kind that their protocol is for', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, parts } = await open(stack)
    assert.equal((await comesIn(listener, 'agent')).id, 'the-edge')
    await comesIn(listener, 'connector')
    assert.deepEqual(
      parts.map(({ protocol, peer, from }) => [protocol, peer.kind, peer.id, from]),
      [
        ['agent', 'agent', 'the-agent', '127.0.0.1'],
        ['connector', 'connector', 'the-connector', '127.0.0.1'],
      ],
    )
  })

  it('tells a member that was revoked why it is not let in', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, refused } = await open(stack, {
      isValid: peer => (peer.id === 'bad' ? { code: 'POL_REVOKED', text: 'It was revoked.' } : undefined),
    })
    const bad = await authority.identity({ kind: 'agent', id: 'bad' })
    const said = await tlsTo(listener, { ...shown(bad), ALPNProtocols: [ALPN.agent] }, 'hello, let me in')
    assert.deepEqual(wordOf(said), { code: 'POL_REVOKED', text: 'It was revoked.' })
    assert.match(refused[0]?.status.text ?? '', /It was revoked\. \(agent bad, certificate/)
    await comesIn(listener)
  })

  it('speaks TLS 1.3 with AES-128 first and resumes no session', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener } = await open(stack)
    const agent = await authority.identity({ kind: 'agent' })
    const sessions: Buffer[] = []
    const once13 = async (session?: Buffer) => {
      const socket = connect({
        host: '127.0.0.1',
        port: listener.port,
        ca: authority.certificate,
        checkServerIdentity: () => undefined,
        ...shown(agent),
        ALPNProtocols: [ALPN.agent],
        ...(session && { session }),
      })
      socket.on('session', ticket => sessions.push(ticket))
      await once(socket, 'data')
      const facts = [socket.getProtocol(), socket.getCipher().name, socket.isSessionReused()]
      socket.destroy()
      return facts
    }
    const facts = ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', false]
    assert.deepEqual(await once13(), facts)
    assert.deepEqual(await once13(sessions[0]), facts)
  })

  it('ends a handshake that is not over in time', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, refusal } = await open(stack, { limits: { handshakeMs: 150 } })
    const slow = connectTcp({ host: '127.0.0.1', port: listener.port })
    // The beginning of a ClientHello of 512 bytes, and nothing more.
    slow.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]))
    await comesIn(listener)
    await untilEnd(slow)
    assert.equal((await refusal()).code, 'POL_HANDSHAKE')
    assert.equal(listener.inHandshake, 0)
  })

  it('bounds handshakes of one address, and takes those of others meanwhile', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, refused } = await open(stack, { limits: { handshakesPerAddress: 8 } })
    const flood = Array.from({ length: 50 }, () =>
      connectTcp({ host: '127.0.0.1', port: listener.port, localAddress: '127.0.0.2' }),
    )
    let ended = 0
    const enough = Promise.withResolvers<void>()
    for (const socket of flood)
      socket
        .on('error', () => {})
        .on('close', () => {
          if (++ended === 42) enough.resolve()
        })
    await enough.promise
    assert.equal(listener.inHandshake, 8)
    assert.equal(refused.length, 42)
    assert.ok(refused.every(({ address, status }) => address === '127.0.0.2' && status.code === 'EDG_BUSY'))
    await comesIn(listener)
    for (const socket of flood) socket.destroy()
  })

  it('bounds handshakes of all addresses together', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, refusal } = await open(stack, { limits: { handshakes: 2 } })
    const waiting = await Promise.all(
      [2, 3].map(async last => {
        const socket = connectTcp({ host: '127.0.0.1', port: listener.port, localAddress: `127.0.0.${last}` })
        socket.on('error', () => {})
        await once(socket, 'connect')
        return socket
      }),
    )
    await assert.rejects(comesIn(listener))
    assert.equal((await refusal()).code, 'EDG_BUSY')
    const gone = once(waiting[0] as Socket, 'close')
    waiting[0]?.destroy()
    await gone
    await comesIn(listener)
    waiting[1]?.destroy()
  })

  it('shows another certificate after it was replaced, and lets those go on who stand', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, parts } = await open(stack)
    const { socket } = await dialPart({
      identity: await authority.identity({ kind: 'agent' }),
      address: at(listener),
      protocol: 'agent',
      expects: 'edge',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await once(socket, 'data')
    listener.replace(await authority.identity({ kind: 'edge', id: 'renewed' }))
    assert.equal((await comesIn(listener)).id, 'renewed')
    parts[0]?.socket.write('still here')
    assert.equal(String((await once(socket, 'data'))[0]), 'still here')
    socket.destroy()
  })

  it('takes nobody new once it was stopped, and ends everything when it is disposed of', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener, parts } = await open(stack)
    const { socket } = await dialPart({
      identity: await authority.identity({ kind: 'agent' }),
      address: at(listener),
      protocol: 'agent',
      expects: 'edge',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    await once(socket, 'data')
    listener.stop()
    await assert.rejects(comesIn(listener), { code: 'GATEWAY_UNREACHABLE' })
    parts[0]?.socket.write('still here')
    await once(socket, 'data')
    socket.on('error', () => {})
    const gone = once(socket, 'close')
    await listener[Symbol.asyncDispose]()
    await gone
  })

  it('says which address cannot be bound', async () => {
    await using stack = new AsyncDisposableStack()
    const { listener } = await open(stack)
    await assert.rejects(open(stack, { port: listener.port }), {
      code: 'GATEWAY_UNREACHABLE',
      message: new RegExp(`127.0.0.1 port ${listener.port} cannot be bound`),
    })
  })
})

const SIGN_IN = {
  type: 'sign-in',
  user: 'alice',
  password: 'secret',
  csr: 'PEM',
  device: 'laptop',
  labels: [],
  version: '1',
} as const

describe('a connection for enrolment', () => {
  let stack: AsyncDisposableStack
  before(() => {
    stack = new AsyncDisposableStack()
  })
  after(() => stack.disposeAsync())

  const enrolling = { ALPNProtocols: [ALPN.enrol] }
  const replyOf = (said: Buffer | Error) => JSON.parse(String(said))

  it('needs no certificate, and is answered once', async () => {
    const { listener, asked } = await open(stack)
    const line = `${JSON.stringify(SIGN_IN)}\n`
    const said = await tlsTo(listener, enrolling, line + line)
    assert.deepEqual(replyOf(said), REFUSED)
    assert.deepEqual(asked, [{ request: SIGN_IN, from: '127.0.0.1' }])
  })

  const wrong: readonly [what: string, say: string, text: RegExp][] = [
    ['what is no JSON', 'GET / HTTP/1.1\r\n\r\n', /no JSON/],
    ['another request', '{"type":"become-king"}\n', /no request to enrol/],
    [
      'one with a field that is too long',
      `${JSON.stringify({ ...SIGN_IN, user: 'x'.repeat(2_000) })}\n`,
      /no request/,
    ],
    ['more than 64 KiB', 'x'.repeat(70_000), /More than 65536 bytes/],
  ]
  for (const [what, say, text] of wrong)
    it(`refuses ${what}`, async () => {
      const { listener, refusal, asked } = await open(stack)
      await tlsTo(listener, enrolling, say)
      const status = await refusal()
      assert.equal(status.code, 'POL_HANDSHAKE')
      assert.match(status.text, text)
      assert.equal(asked.length, 0)
      await comesIn(listener)
    })

  it('ends when the request does not come in time, a byte now and then or not', async () => {
    const { listener, refusal } = await open(stack, { limits: { enrolMs: 200 } })
    const socket = connect({
      host: '127.0.0.1',
      port: listener.port,
      rejectUnauthorized: false,
      ...enrolling,
    })
    const drip = setInterval(() => socket.write('{'), 20)
    await untilEnd(socket)
    clearInterval(drip)
    assert.match((await refusal()).text, /did not say all in time/)
  })

  it('is answered in words when the answer cannot be made', async () => {
    const { listener } = await open(stack, {
      onEnrol: () => Promise.reject(new Error('secret of the inside')),
    })
    const said = await tlsTo(listener, enrolling, `${JSON.stringify(SIGN_IN)}\n`)
    assert.equal(replyOf(said).code, 'GATEWAY_UNREACHABLE')
    assert.doesNotMatch(String(said), /inside/)
  })

  it('is throttled by address', async () => {
    const { listener, refused, asked } = await open(stack, {
      limits: { enrolBurst: 3, enrolPerSecond: 0.001 },
    })
    let last: Buffer | Error = Buffer.alloc(0)
    for (let round = 0; round < 5; round++)
      last = await tlsTo(listener, enrolling, `${JSON.stringify(SIGN_IN)}\n`)
    assert.match(replyOf(last).text, /Try again in a minute/)
    assert.equal(asked.length, 3)
    assert.deepEqual(
      refused.map(({ status }) => status.code),
      ['EDG_BUSY', 'EDG_BUSY'],
    )
    await comesIn(listener)
    const other = { ...enrolling, localAddress: '127.0.0.3' }
    assert.deepEqual(replyOf(await tlsTo(listener, other, `${JSON.stringify(SIGN_IN)}\n`)), REFUSED)
  })

  it('waits for its answer beside few others of its address', async () => {
    const answers = Promise.withResolvers<EnrolReply>()
    const both = Promise.withResolvers<void>()
    let asked = 0
    const { listener, refusal } = await open(stack, {
      limits: { enrolmentsPerAddress: 2 },
      onEnrol() {
        if (++asked === 2) both.resolve()
        return answers.promise
      },
    })
    const line = `${JSON.stringify(SIGN_IN)}\n`
    const waiting = [tlsTo(listener, enrolling, line), tlsTo(listener, enrolling, line)]
    await both.promise
    await tlsTo(listener, enrolling, line)
    assert.equal((await refusal()).code, 'EDG_BUSY')
    answers.resolve(REFUSED)
    for (const said of await Promise.all(waiting)) assert.deepEqual(replyOf(said), REFUSED)
  })
})
