import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { choosePasvAddress, type PasvAddressSetting } from './passive-address.ts'

const PUBLIC = '203.0.113.5'
const PRIVATE = '192.168.1.10'
const port = 50_000

function choose(setting: PasvAddressSetting, peer: string, advertised: string, proxied = false) {
  const { value, because, alternative } = choosePasvAddress({
    setting,
    advertised: { address: advertised, port },
    peer,
    proxied,
  })
  assert.equal(value.port, port)
  if (alternative) assert.equal(alternative.port, port)
  return { dialled: value.address, ...because, second: alternative?.address }
}

const auto: readonly {
  peer: string
  advertised: string
  dialled: string
  code: string
  second?: string
}[] = [
  { peer: PUBLIC, advertised: '10.0.0.5', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '172.16.0.5', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '192.168.0.5', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '100.64.0.5', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '169.254.1.1', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '127.0.0.1', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: PUBLIC, advertised: '0.0.0.0', dialled: PUBLIC, code: 'pasv-unroutable' },
  { peer: PUBLIC, advertised: '198.51.100.7', dialled: PUBLIC, code: 'pasv-unroutable' },
  { peer: PUBLIC, advertised: '224.0.0.1', dialled: PUBLIC, code: 'pasv-unroutable' },
  { peer: PUBLIC, advertised: '252.253.254.255', dialled: PUBLIC, code: 'pasv-unroutable' },
  { peer: PUBLIC, advertised: PUBLIC, dialled: PUBLIC, code: 'pasv-same-address' },
  { peer: PUBLIC, advertised: '8.8.8.8', dialled: '8.8.8.8', code: 'pasv-same-class', second: PUBLIC },
  { peer: '9.9.9.9', advertised: '8.8.8.8', dialled: '8.8.8.8', code: 'pasv-same-class', second: '9.9.9.9' },
  { peer: PRIVATE, advertised: '10.0.0.5', dialled: '10.0.0.5', code: 'pasv-same-class', second: PRIVATE },
  {
    peer: PRIVATE,
    advertised: '172.16.0.5',
    dialled: '172.16.0.5',
    code: 'pasv-same-class',
    second: PRIVATE,
  },
  { peer: PRIVATE, advertised: '198.51.100.7', dialled: PRIVATE, code: 'pasv-unroutable' },
  { peer: PRIVATE, advertised: '8.8.8.8', dialled: PRIVATE, code: 'pasv-class-differs' },
  { peer: PRIVATE, advertised: '100.64.0.5', dialled: PRIVATE, code: 'pasv-class-differs' },
  { peer: PRIVATE, advertised: '169.254.1.1', dialled: PRIVATE, code: 'pasv-class-differs' },
  { peer: '127.0.0.1', advertised: '127.0.0.1', dialled: '127.0.0.1', code: 'pasv-same-address' },
  {
    peer: '127.0.0.1',
    advertised: '127.0.0.2',
    dialled: '127.0.0.2',
    code: 'pasv-same-class',
    second: '127.0.0.1',
  },
  { peer: '127.0.0.1', advertised: '10.0.0.5', dialled: '127.0.0.1', code: 'pasv-class-differs' },
  {
    peer: '100.64.0.1',
    advertised: '100.64.0.5',
    dialled: '100.64.0.5',
    code: 'pasv-same-class',
    second: '100.64.0.1',
  },
  { peer: '::ffff:203.0.113.5', advertised: '10.0.0.5', dialled: PUBLIC, code: 'pasv-class-differs' },
  { peer: '::ffff:192.168.1.10', advertised: PRIVATE, dialled: PRIVATE, code: 'pasv-same-address' },
  {
    peer: '::ffff:192.168.1.10',
    advertised: '10.0.0.5',
    dialled: '10.0.0.5',
    code: 'pasv-same-class',
    second: PRIVATE,
  },
  { peer: '2001:db8::1', advertised: '10.0.0.5', dialled: '2001:db8::1', code: 'pasv-class-differs' },
  {
    peer: '2001:4860::1',
    advertised: '8.8.8.8',
    dialled: '8.8.8.8',
    code: 'pasv-same-class',
    second: '2001:4860::1',
  },
  { peer: 'fd00::1', advertised: '8.8.8.8', dialled: 'fd00::1', code: 'pasv-class-differs' },
]

for (const { peer, advertised, dialled, code, second } of auto) {
  test(`auto: ${peer} suggests ${advertised}: ${dialled} is dialled (${code})`, () => {
    const choice = choose('auto', peer, advertised)
    assert.deepEqual([choice.dialled, choice.code, choice.second], [dialled, code, second])
    const replaced = code === 'pasv-unroutable' || code === 'pasv-class-differs'
    const line = `Server sent passive reply with unroutable address ${advertised}, using host address instead.`
    assert.equal(choice.text === line, replaced)
  })
}

const others: readonly {
  setting: PasvAddressSetting
  proxied?: boolean
  dialled: string
  code: string
}[] = [
  { setting: 'control', dialled: PUBLIC, code: 'pasv-control' },
  { setting: 'server', dialled: '10.0.0.5', code: 'pasv-server' },
  { setting: { address: '198.51.100.9' }, dialled: '198.51.100.9', code: 'pasv-forced' },
  { setting: { address: '::FFFF:198.51.100.9' }, dialled: '198.51.100.9', code: 'pasv-forced' },
  { setting: 'control', proxied: true, dialled: PUBLIC, code: 'pasv-proxy' },
  { setting: 'auto', proxied: true, dialled: PUBLIC, code: 'pasv-proxy' },
  { setting: 'server', proxied: true, dialled: '10.0.0.5', code: 'pasv-server' },
  { setting: { address: '198.51.100.9' }, proxied: true, dialled: '198.51.100.9', code: 'pasv-forced' },
]

for (const { setting, proxied = false, dialled, code } of others) {
  test(`${JSON.stringify(setting)}${proxied ? ' behind a proxy' : ''}: ${dialled} is dialled (${code})`, () => {
    const choice = choose(setting, PUBLIC, '10.0.0.5', proxied)
    assert.deepEqual([choice.dialled, choice.code, choice.second], [dialled, code, undefined])
    assert.match(choice.text, /10\.0\.0\.5/)
  })
}

test('a server that may not choose is never dialled at its choice, not even as the second attempt', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<PasvAddressSetting>('control', 'auto', { address: '198.51.100.9' }),
      fc.ipV4(),
      fc.oneof(fc.ipV4(), fc.ipV6()),
      (setting, advertised, peer) => {
        const choice = choose(setting, peer, advertised)
        const control = choose('control', peer, advertised).dialled
        if (choice.second !== undefined) assert.equal(choice.second, control)
        if (setting === 'control') assert.equal(choice.dialled, control)
      },
    ),
    { numRuns: 500 },
  )
})
