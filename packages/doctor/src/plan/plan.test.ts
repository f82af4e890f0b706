import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortRange } from '@portolan/channels'
import fc from 'fast-check'
import type { PlanAsk, PlanListener } from './ask.ts'
import { PlanError } from './errors.ts'
import { type Plan, plan } from './plan.ts'
import { SECTION_NAMES } from './section.ts'
import { EVERYTHING } from './testing.ts'

const ASK: PlanAsk = { clients: 500, perClient: 2 }
const at = (port: number): PlanListener => ({ host: '0.0.0.0', port, tls: 'explicit' })
const codes = ({ warnings }: Plan) => warnings.map(({ code }) => code)

const places: readonly {
  title: string
  ask: Partial<PlanAsk>
  range: string
  code: string
  warned?: string[]
}[] = [
  { title: 'usually', ask: {}, range: '61000-61015', code: 'base-port-usual' },
  { title: 'a base port is given', ask: { basePort: 20_000 }, range: '20000-20015', code: 'base-port-given' },
  {
    title: 'the last ports are given',
    ask: { basePort: 65_520 },
    range: '65520-65535',
    code: 'base-port-given',
  },
  {
    title: 'a listener stands in the usual place',
    ask: { listeners: [at(21), at(61_005)] },
    range: '61006-61021',
    code: 'base-port-moved',
  },
  {
    title: 'the active ports are in the usual place',
    ask: { active: { basePort: 61_000, numberOfPorts: 1024 } },
    range: '62024-62039',
    code: 'base-port-moved',
  },
  {
    title:
      'the active ports are in the usual place and all above it, and in the ephemeral range: said so of these alone',
    ask: { active: { basePort: 60_990, numberOfPorts: 4546 } },
    range: '32752-32767',
    code: 'base-port-moved',
    warned: ['range-overlaps-ephemeral'],
  },
  {
    title: 'too many for the usual place: below the ephemeral range',
    ask: { exclusive: true },
    range: '27768-32767',
    code: 'base-port-moved',
  },
  {
    title: 'so many that they reach down to the ports of other services: said so',
    ask: { exclusive: true, clients: 3000 },
    range: '2768-32767',
    code: 'base-port-moved',
    warned: ['range-among-services'],
  },
  {
    title: 'too many for any place outside the ephemeral range: said so',
    ask: { exclusive: true, clients: 20_000 },
    range: '1024-65535',
    code: 'base-port-moved',
    warned: ['fewer-than-recommended', 'range-among-services', 'range-overlaps-ephemeral'],
  },
  {
    title: 'fewer fit from the base port than are recommended: said so',
    ask: { exclusive: true, basePort: 61_000 },
    range: '61000-65535',
    code: 'base-port-given',
    warned: ['fewer-than-recommended'],
  },
  {
    title: 'a listener above the base port ends the room: said so',
    ask: { basePort: 2115, listeners: [at(2121)] },
    range: '2115-2120',
    code: 'base-port-given',
    warned: ['fewer-than-recommended'],
  },
  {
    title: 'the base port is in the ephemeral range: said so',
    ask: { basePort: 40_000 },
    range: '40000-40015',
    code: 'base-port-given',
    warned: ['range-overlaps-ephemeral'],
  },
  {
    title: 'the base port is in the ephemeral range and kept out of it',
    ask: { basePort: 40_000, reserved: port => port >= 40_000 && port <= 40_015 },
    range: '40000-40015',
    code: 'base-port-given',
  },
  {
    title: 'the kernel hands out other ports than usual',
    ask: { ephemeral: PortRange.of({ basePort: 49_152, numberOfPorts: 16_384 }) },
    range: '49136-49151',
    code: 'base-port-moved',
  },
]
for (const { title, ask, range, code, warned = [] } of places) {
  test(`the range is ${range}: ${title}`, () => {
    const made = plan({ ...ASK, ...ask })
    const { basePort, numberOfPorts, portEnd } = made.passive.value
    assert.equal(`${basePort}-${portEnd}`, range)
    assert.equal(portEnd, basePort + numberOfPorts - 1)
    assert.equal(made.passive.because.code, code)
    assert.deepEqual(codes(made), warned)
  })
}

const refused: readonly {
  ask: Partial<PlanAsk>
  code: string
  field: string | undefined
  message: RegExp
}[] = [
  ...[0, -1, 1.5, Number.NaN, 1_000_001].map(clients => ({
    ask: { clients },
    code: 'PLAN_VALUE',
    field: 'clients',
    message: /^must be a whole number from 1 to 1000000$/,
  })),
  { ask: { perClient: 0 }, code: 'PLAN_VALUE', field: 'perClient', message: /from 1 to 1000$/ },
  { ask: { sameAddress: 0 }, code: 'PLAN_VALUE', field: 'sameAddress', message: /from 1/ },
  {
    ask: { sameAddress: 501 },
    code: 'PLAN_CONFLICT',
    field: 'sameAddress',
    message: /more than the 500 clients/,
  },
  { ask: { transferSeconds: 0 }, code: 'PLAN_VALUE', field: 'transferSeconds', message: /from 1 to 86400$/ },
  { ask: { workers: 257 }, code: 'PLAN_VALUE', field: 'workers', message: /from 1 to 256$/ },
  { ask: { basePort: 80 }, code: 'PLAN_VALUE', field: 'basePort', message: /from 1024 to 65535$/ },
  { ask: { basePort: 65_536 }, code: 'PLAN_VALUE', field: 'basePort', message: /from 1024 to 65535$/ },
  {
    ask: { basePort: 2121, listeners: [at(2121)] },
    code: 'PLAN_CONFLICT',
    field: 'basePort',
    message: /^is taken: .*port 2121 of the listener/,
  },
  {
    ask: { basePort: 10_000, active: { basePort: 10_000, numberOfPorts: 9 } },
    code: 'PLAN_CONFLICT',
    field: 'basePort',
    message: /^is taken: .*active ports 10000-10008/,
  },
  { ask: { listeners: [at(0)] }, code: 'PLAN_VALUE', field: 'listener', message: /port from 1 to 65535$/ },
  {
    ask: { listeners: [{ host: 'localhost', port: 21, tls: 'explicit' }] },
    code: 'PLAN_VALUE',
    field: 'listener',
    message: /IP address to bind/,
  },
  {
    ask: { listeners: [at(21), at(21)] },
    code: 'PLAN_CONFLICT',
    field: 'listener',
    message: /twice: 0\.0\.0\.0:21$/,
  },
  {
    ask: { listeners: Array.from({ length: 17 }, (_, index) => at(index + 1)) },
    code: 'PLAN_CONFLICT',
    field: 'listener',
    message: /16 times at most, and not 17 times$/,
  },
  { ask: { nat: 'ftp.example.com' }, code: 'PLAN_VALUE', field: 'nat', message: /IPv4 address/ },
  { ask: { nat: '2001:db8::1' }, code: 'PLAN_VALUE', field: 'nat', message: /IPv4 address/ },
  { ask: { nat: '0.0.0.0' }, code: 'PLAN_VALUE', field: 'nat', message: /that clients dial$/ },
  {
    ask: { nat: '203.0.113.7', server: '203.0.113.7' },
    code: 'PLAN_CONFLICT',
    field: 'nat',
    message: /no NAT$/,
  },
  {
    ask: { nat: '203.0.113.7', server: '2001:db8::5' },
    code: 'PLAN_CONFLICT',
    field: 'server',
    message: /IPv4/,
  },
  { ask: { nat: '203.0.113.7', balancer: '::5' }, code: 'PLAN_CONFLICT', field: 'balancer', message: /IPv4/ },
  {
    ask: { nat: '203.0.113.7', listeners: [{ host: '2001:db8::5', port: 21, tls: 'explicit' }] },
    code: 'PLAN_CONFLICT',
    field: 'nat',
    message: /no listener/,
  },
  { ask: { server: 'fe80::1%eth0' }, code: 'PLAN_VALUE', field: 'server', message: /an IP address/ },
  { ask: { balancer: '' }, code: 'PLAN_VALUE', field: 'balancer', message: /an IP address/ },
  { ask: { server: '10.0.0.5; rm -rf /' }, code: 'PLAN_VALUE', field: 'server', message: /an IP address/ },
  {
    ask: { active: { basePort: 80, numberOfPorts: 1 } },
    code: 'PLAN_VALUE',
    field: 'active',
    message: /base port 80/,
  },
  {
    ask: { exclusive: true, clients: 50_000 },
    code: 'PLAN_TOO_MANY_PORTS',
    field: undefined,
    message:
      /^50000 clients with 2 transfers each need 100000 ports at the least, and at most 64512 fit: that is enough for 32256;/,
  },
  {
    ask: { exclusive: true, clients: 3000, basePort: 61_000 },
    code: 'PLAN_TOO_MANY_PORTS',
    field: undefined,
    message:
      /need 6000 ports at the least, and at most 4536 fit from base port 61000 on: that is enough for 2268; a lower base port/,
  },
  {
    ask: { sameAddress: 500, perClient: 1000 },
    code: 'PLAN_TOO_MANY_PORTS',
    field: undefined,
    message: /^500 clients behind one address with 1000 transfers each .* enough for 64$/,
  },
]
for (const { ask, code, field, message } of refused) {
  test(`refused with what is allowed: ${JSON.stringify(ask)}`, () => {
    assert.throws(
      () => plan({ ...ASK, ...ask }),
      (error: unknown) => {
        assert.ok(error instanceof PlanError)
        assert.equal(error.code, code)
        assert.equal(error.field, field)
        assert.match(error.message, message)
        return true
      },
    )
  })
}

test('the answer says how many ports, which, and what another server would need', () => {
  assert.equal(
    plan(ASK).answer,
    'Open 16 passive ports, 61000-61015, next to port 21. They serve 500 clients with 2 transfers each, because Portolan shares its ports among client addresses; 4 is the least. ' +
      'A server that gives each session a port of its own (vsftpd, IIS, FileZilla Server and most others) would need 1000 at the least, and better 5000.',
  )
  assert.match(plan({ ...ASK, exclusive: true }).answer, /^Open 5000 passive ports, .* would do with 16\.$/)
})

test('a private address in front of the NAT is warned of', () => {
  assert.deepEqual(codes(plan({ ...ASK, nat: '192.168.1.5' })), ['nat-private'])
  assert.deepEqual(codes(plan({ ...ASK, nat: '203.0.113.7' })), [])
})

test('every section is there in the order of their names; those of the gateway need both ends of the NAT', () => {
  const names = (ask: Partial<PlanAsk>) => plan({ ...ASK, ...ask }).sections.map(({ name }) => name)
  assert.deepEqual(names(EVERYTHING), [...SECTION_NAMES])
  const without = SECTION_NAMES.filter(name => !name.endsWith('-nat'))
  assert.deepEqual(names({}), without)
  assert.deepEqual(names({ nat: '203.0.113.7' }), without)
  assert.match(plan({ ...ASK, nat: '203.0.113.7' }).assumptions.join(), /--server/)
})

const somePort = fc.integer({ min: 1, max: 65_535 })
const someAsk = fc.record({
  clients: fc.integer({ min: 1, max: 5_000 }),
  perClient: fc.integer({ min: 1, max: 20 }),
  exclusive: fc.boolean(),
  workers: fc.integer({ min: 1, max: 64 }),
  transferSeconds: fc.integer({ min: 1, max: 600 }),
  basePort: fc.option(fc.integer({ min: 1024, max: 65_535 }), { nil: undefined }),
  listeners: fc.uniqueArray(somePort, { maxLength: 5 }).map(ports => ports.map(at)),
  active: fc.option(
    fc
      .tuple(fc.integer({ min: 1024, max: 65_535 }), fc.integer({ min: 1, max: 30_000 }))
      .map(([basePort, count]) => ({ basePort, numberOfPorts: Math.min(count, 65_536 - basePort) })),
    { nil: undefined },
  ),
})

test('a plan fits, keeps clear of listeners and active ports, and tells when it meets the ephemeral range', () => {
  let made = 0
  fc.assert(
    fc.property(someAsk, ask => {
      let result: Plan
      try {
        result = plan(ask)
      } catch (error) {
        assert.ok(error instanceof PlanError)
        return
      }
      made++
      const range = PortRange.of(result.passive.value)
      assert.equal(range.end, result.passive.value.portEnd)
      for (const port of result.control) assert.ok(!range.contains(port))
      if (ask.active) assert.ok(!range.overlaps(PortRange.of(ask.active)))
      const need = ask.exclusive ? result.need.exclusive : result.need.shared
      assert.ok(range.count >= need.minimum.value)
      assert.equal(codes(result).includes('fewer-than-recommended'), range.count < need.recommended.value)
      const ephemeral = PortRange.of({ basePort: 32_768, numberOfPorts: 28_232 })
      const met = [range, ...(ask.active ? [PortRange.of(ask.active)] : [])].filter(one =>
        one.overlaps(ephemeral),
      )
      assert.equal(codes(result).filter(code => code === 'range-overlaps-ephemeral').length, met.length)
      if (ask.basePort !== undefined) assert.equal(range.base, ask.basePort)
    }),
    { numRuns: 500 },
  )
  assert.ok(made > 100, `only ${made} of 500 plans could be made`)
})
