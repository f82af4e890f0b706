import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SiteView } from '@portolan/console/contract'
import { site } from '@portolan/transfers/model'
import { rateField, rateOfField } from './rate-field.ts'
import { addressText, formOfSite, SITE_FIELDS, writeOfSite } from './site-form.ts'

const view = (given: object): SiteView => ({
  ...site.parse({ name: 'acme', host: 'ftp.example.com', ...given }),
  hasPassword: true,
  hasKey: false,
  transfers: [],
  revision: 4,
  changedAt: 0,
  changedBy: 'admin',
  warnings: [],
})

const FULL = {
  description: 'Billing of Acme',
  enabled: false,
  owner: { kind: 'group', name: 'partners' },
  protocol: 'ftps-implicit',
  port: 9990,
  user: 'portolan',
  tls: { verify: false, pinned: 'ab', ca: 'PEM', servername: 'x', certificate: 'PEM', data: 'clear' },
  zone: 'dmz',
  enableActiveMode: true,
  passive: { address: 'always', epsv: false },
  externalAddress: '203.0.113.7',
  folder: '/in',
  type: 'ascii',
  connections: 5,
  bandwidth: 5 * 1024 * 1024,
  timeouts: { connect: 1, reply: 2, idle: 3, completion: 4 },
  retry: { attempts: 3, first: 1, factor: 1.5, ceiling: 9, jitter: 0.15 },
}

for (const [what, given] of [
  ['everything', FULL],
  ['a host alone', {}],
] as const) {
  test(`a site of ${what} that is saved unchanged stays as it was, and so do its secrets`, () => {
    const read = view(given)
    const write = writeOfSite(formOfSite(read), read)
    const { revision, ...written }: Record<string, unknown> = JSON.parse(JSON.stringify(write))
    assert.equal(revision, 4)
    assert.ok(!Object.hasOwn(written, 'secrets'))
    assert.deepEqual(site.parse(written), site.parse({ name: 'acme', host: 'ftp.example.com', ...given }))
  })
}

test('a secret is set, taken away, or not spoken of', () => {
  const read = view({})
  const form = formOfSite(read)
  const secrets = (change: object) => writeOfSite({ ...form, ...change }, read).secrets
  assert.deepEqual(secrets({ password: { way: 'set', value: 'a b' } }), { password: 'a b' })
  assert.deepEqual(secrets({ password: { way: 'remove' }, key: { way: 'set', value: 'PEM' } }), {
    password: null,
    key: 'PEM',
  })
  assert.equal(secrets({ password: { way: 'set', value: '' } }), undefined)
})

test('every field that a site has is one at which a mistake can stand', () => {
  const known = new Set(SITE_FIELDS)
  for (const name of Object.keys(site.shape)) {
    const deeper = SITE_FIELDS.some(field => field.startsWith(`${name}.`))
    assert.ok(known.has(name) || deeper, name)
  }
})

test('an address tells the port only when it is not the usual one', () => {
  assert.equal(addressText({ host: 'h', protocol: 'ftp', port: 21 }), 'h')
  assert.equal(addressText({ host: 'h', protocol: 'ftps-implicit', port: 21 }), 'h:21')
  assert.equal(addressText({ host: '2001:db8::1', protocol: 'ftp', port: 2121 }), '[2001:db8::1]:2121')
})

const RATES: readonly (readonly [typed: string, bytes: number | undefined])[] = [
  ['5MiB/s', 5_242_880],
  ['800 KiB', 819_200],
  ['1.5MiB/s', 1_572_864],
  ['100', 100],
  ['2 MB/s', 2_000_000],
  ['0', undefined],
  ['fast', undefined],
  ['-5MiB/s', undefined],
  ['5 XiB', undefined],
]
for (const [typed, bytes] of RATES) {
  test(`the rate “${typed}” is ${bytes ?? 'none'}`, () => assert.equal(rateOfField(typed), bytes))
}

test('a rate is shown so that it is read again as the same', () => {
  for (const bytes of [1, 100, 1024, 1536, 5_242_880, 1_000_000, 3 * 1024 ** 3])
    assert.equal(rateOfField(rateField(bytes)), bytes)
})
