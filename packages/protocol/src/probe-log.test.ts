import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseAddress } from './address.ts'
import { formatProbeLog, type ProbeAttempt, parseProbeLog } from './probe-log.ts'
import { encodeReply, reply } from './reply.ts'
import { ReplyReader } from './reply-reader.ts'

const attempt: ProbeAttempt = {
  number: 3,
  command: 'PASV',
  endpoint: { address: '10.0.0.2', port: 51213 },
  outcome: 'broken',
  remote: { address: '192.0.2.9', port: 50124 },
  tcpMs: 12,
  strangers: ['192.0.2.77'],
  transfer: 'RETR',
  tls: { protocol: 'TLSv1.3', reused: true },
  bytes: 4096,
  code: 'reset',
  ms: 310,
  text: 'arrived from 192.0.2.9:50124 after 12 ms; broken',
}

test('an attempt is one line of facts and words', () => {
  assert.deepEqual(formatProbeLog([attempt]).lines, [
    'Data connections of this session, the newest last:',
    ' number=3;command=PASV;endpoint=ba-a-a-c_fbcbd;endpoint-text=10.0.0.2:51213;outcome=broken;remote=bjc-a-c-j_fabce;remote-text=192.0.2.9:50124;tcp-ms=12;strangers=bjc-a-c-hh;transfer=RETR;tls=TLSv1.3;reused=yes;bytes=4096;code=reset;ms=310; arrived from 192.0.2.9:50124 after 12 ms; broken',
    'End.',
  ])
})

test('no attempt is said in one line, and read as none', () => {
  const none = formatProbeLog([])
  assert.equal(none.lines.length, 1)
  assert.deepEqual(parseProbeLog(none), { attempts: [], rewritten: [] })
})

const addresses = fc.oneof(fc.ipV4(), fc.ipV6()).map(normaliseAddress)
const endpoints = fc
  .tuple(addresses, fc.integer({ min: 1, max: 65_535 }))
  .map(([address, port]) => ({ address, port }))
const attempts: fc.Arbitrary<ProbeAttempt> = fc.record(
  {
    number: fc.nat(),
    command: fc.constantFrom('PASV', 'EPSV', 'PORT', 'EPRT'),
    endpoint: endpoints,
    outcome: fc.constantFrom('waiting', 'arrived', 'clean', 'nobody-came', 'dial-failed', 'refused'),
    remote: endpoints,
    tcpMs: fc.nat(),
    strangers: fc.array(addresses, { maxLength: 4 }),
    transfer: fc.constantFrom('RETR', 'MLSD'),
    tls: fc.record({ protocol: fc.constant('TLSv1.2'), reused: fc.boolean() }, { noNullPrototype: true }),
    bytes: fc.nat(),
    code: fc.constantFrom('CHANNEL_DIAL', 'REPLY_522', 'stalled'),
    ms: fc.nat(),
    text: fc.constantFrom('', 'words; and=more; words', '226 forged'),
  },
  { requiredKeys: ['number', 'command', 'outcome', 'strangers', 'ms', 'text'], noNullPrototype: true },
)

test('every log is read over the wire as it was written', () => {
  fc.assert(
    fc.property(fc.array(attempts, { maxLength: 8 }), log => {
      const [answer] = [...new ReplyReader().push(encodeReply(formatProbeLog(log)))]
      assert.ok(answer)
      assert.deepEqual(parseProbeLog(answer), { attempts: log, rewritten: [] })
    }),
  )
})

test('an address of PORT that was rewritten on the way up shows in what the server understood', () => {
  const [first = '', line = '', last = ''] = formatProbeLog([attempt]).lines
  const { attempts: read, rewritten } = parseProbeLog(
    reply(211, first, line.replace('text=10.0.0.2', 'text=192.168.1.2'), last),
  )
  assert.deepEqual(read[0]?.endpoint, attempt.endpoint)
  assert.deepEqual(rewritten, [{ fact: 'endpoint', sent: '10.0.0.2:51213', received: '192.168.1.2:51213' }])
})

test('an outcome that only a newer server knows is unknown, and the rest is read', () => {
  const line = ' number=1;command=EPSV;outcome=teleported;later=yes;ms=5; beamed'
  const { attempts: read } = parseProbeLog(reply(211, 'Log:', line, 'End.'))
  assert.deepEqual(read, [
    { number: 1, command: 'EPSV', outcome: 'unknown', strangers: [], ms: 5, text: 'beamed' },
  ])
})

for (const line of [
  'nothing of the kind',
  ' number=x;command=PASV;outcome=clean;ms=1; x',
  ' number=1;command=RETR;outcome=clean;ms=1; x',
  ' number=1;command=PASV;outcome=clean; x',
]) {
  test(`the line ${JSON.stringify(line)} is a typed error`, () => {
    assert.throws(() => parseProbeLog(reply(211, 'Log:', line, 'End.')), { code: 'PROTOCOL_BAD_REPLY' })
  })
}

test('an address that cannot be decoded is a typed error', () => {
  const line = ' number=1;command=PASV;endpoint=10.0.0.2:21;outcome=clean;ms=1; x'
  assert.throws(() => parseProbeLog(reply(211, 'Log:', line, 'End.')), { code: 'PROTOCOL_BAD_ADDRESS' })
})
