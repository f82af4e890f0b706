import assert from 'node:assert/strict'
import { test } from 'node:test'
import { found, testSite, testZone } from './testing-values.ts'
import { checkZone } from './zone.ts'

const proxy = { kind: 'socks5', host: 'proxy.test', port: 1080 } as const

const REFUSED: readonly [title: string, input: unknown, problem: RegExp, password?: string][] = [
  ['no name', { proxy }, /^name: is missing/],
  ['the name of the direct way', { name: 'none', proxy }, /^name: must not be none/],
  ['a proxy without a port', { name: 'a', proxy: { kind: 'socks5', host: 'h' } }, /^proxy\.port: is missing/],
  [
    'a kind that is not known',
    { name: 'a', proxy: { ...proxy, kind: 'ssh' } },
    /^proxy\.kind: .*socks5, http/,
  ],
  [
    'a URL as host',
    { name: 'a', proxy: { ...proxy, host: 'http://h:1' } },
    /^proxy\.host: .*alone: write h$/,
  ],
  ['a mistyped key', { name: 'a', proxy, isDefalt: true }, /^isDefalt: .*did you mean isDefault/],
  ['a second default', { name: 'a', proxy, isDefault: true }, /^isDefault: .*dmz is the default/],
  ['a password without a user', { name: 'a', proxy }, /^proxy\.user: is missing/, 'secret'],
  [
    'a colon in the user of an HTTP proxy',
    { name: 'a', proxy: { ...proxy, kind: 'http', user: 'a:b' } },
    /^proxy\.user: .*colon/,
  ],
]

for (const [title, input, problem, password] of REFUSED) {
  test(`a zone is refused for ${title}`, () => {
    const context = { zones: [testZone({ isDefault: true })], sites: [], ...(password && { password }) }
    const { problems } = found(checkZone(input, context))
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.match(problems[0] ?? '', problem)
  })
}

test('the default zone may be saved again', () => {
  const zone = testZone({ isDefault: true })
  assert.deepEqual(checkZone(zone, { zones: [zone], sites: [] }), { value: zone, warnings: [] })
})

test('a zone tells the sites in active mode that will leave by it', () => {
  const sites = [
    testSite({ name: 'named', zone: 'dmz', enableActiveMode: true }),
    testSite({ name: 'default', enableActiveMode: true }),
    testSite({ name: 'passive' }),
    testSite({ name: 'direct', zone: 'none', enableActiveMode: true }),
    testSite({ name: 'lost', zone: 'gone', enableActiveMode: true }),
  ]
  const warned = (isDefault: boolean) =>
    found(checkZone(testZone({ isDefault }), { zones: [], sites })).warnings
  assert.match(warned(false).join(), /^proxy: .*TRANSFER_ACTIVE_ZONE: named\.$/)
  assert.match(warned(true).join(), /^isDefault: .*TRANSFER_ACTIVE_ZONE: named, default\.$/)
})
