import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PortRange } from '@portolan/channels'
import { parseSettings } from '@portolan/settings'
import fc from 'fast-check'
import { adviseOnPorts } from './port-advice.ts'

const facts = { settings: parseSettings({}), workers: 2, ephemeral: undefined }
const passive = (basePort: number, numberOfPorts: number) =>
  adviseOnPorts({ basePort, numberOfPorts, kind: 'passive' }, facts)

test('a range of passive ports: its end, and how many transfers it is good for', () => {
  assert.deepEqual(passive(61_000, 1_000), {
    portEnd: 61_999,
    problems: [],
    advice: [
      'Shared by client address (sharing: by-client), 1000 ports let every client address wait for 1000 data connections at once; each of 2 workers has 500 of them. Any number of addresses use them at the same time.',
      'With sharing: exclusive, 1000 ports allow 1000 transfers to begin at once; when each takes 15 seconds and its port rests 60 more, about 200 at a time in the long run.',
      'The firewall has to let TCP 61000-61999 in, next to the control ports: ufw allow 61000:61999/tcp',
    ],
  })
})

test('a range that is small for parallel transfers says how many it should be', () => {
  const few = passive(61_000, 5).advice.join('\n')
  assert.match(few, /A client with 10 parallel transfers needs 10 ports at least, and better 40: /)
  assert.match(passive(61_000, 20).advice.join('\n'), /parallel transfers would be better with 40 ports: /)
  assert.doesNotMatch(passive(61_000, 40).advice.join('\n'), /parallel transfers/)
})

test('overlaps with listeners, the other range and the kernel are told', () => {
  const settings = parseSettings({
    active: { basePort: 20_000, numberOfPorts: 100 },
    listeners: [{ port: 30_005 }],
  })
  const ephemeral = PortRange.of({ basePort: 40_000, numberOfPorts: 100 })
  const ask = (basePort: number, kind: 'passive' | 'active' = 'passive') =>
    adviseOnPorts({ basePort, numberOfPorts: 10, kind }, { settings, workers: 1, ephemeral })
  assert.match(
    ask(20_050).problems.join(),
    /^The passive ports 20050-20059 and the active ports 20000-20099 overlap/,
  )
  assert.match(
    ask(30_000).problems.join(),
    /^The passive ports 30000-30009 contain port 30005 of the listener listener1/,
  )
  assert.match(ask(8_015).problems.join(), /contain port 8021 of the listener console/)
  assert.match(ask(40_000).advice.join(), /lie in the kernel's ephemeral range/)
  assert.match(
    ask(61_010, 'active').problems.join(),
    /^The passive ports .* and the active ports 61010-61019 overlap/,
  )
  assert.match(ask(10_000, 'active').advice.join(), /from source port 10000-10009 out/)
})

test('the sharing that is in force comes first', () => {
  const settings = parseSettings({ passive: { sharing: 'exclusive' } })
  const { advice } = adviseOnPorts(
    { basePort: 61_000, numberOfPorts: 1, kind: 'passive' },
    { ...facts, settings },
  )
  assert.match(advice[0] ?? '', /^With sharing: exclusive, 1 port allows 1 transfer to begin at once/)
})

test('whatever is typed, there is an answer, and a range without problems ends at a port', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.integer({ min: 1, max: 70_000 }))
  fc.assert(
    fc.property(number, number, fc.constantFrom('passive', 'active'), (basePort, numberOfPorts, kind) => {
      const { portEnd, problems, advice } = adviseOnPorts({ basePort, numberOfPorts, kind }, facts)
      assert.ok(problems.length > 0 || (portEnd !== undefined && portEnd <= 65_535 && advice.length > 0))
      assert.ok(portEnd === undefined || Number.isSafeInteger(portEnd))
    }),
  )
})
