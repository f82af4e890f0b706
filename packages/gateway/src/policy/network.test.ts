import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyOf, readApplication } from './application.ts'
import { readHost } from './host.ts'
import { readNetwork } from './network.ts'
import { NetworkTable } from './network-table.ts'

const HOSTS: readonly [written: string, family: 0 | 4 | 6, text: string][] = [
  ['10.0.0.9', 4, '10.0.0.9'],
  ['255.255.255.255', 4, '255.255.255.255'],
  ['::ffff:10.0.0.9', 4, '10.0.0.9'],
  ['::FFFF:0a00:9', 4, '10.0.0.9'],
  ['[::ffff:10.0.0.9]', 4, '10.0.0.9'],
  ['2001:DB8:0:0::1', 6, '2001:db8::1'],
  ['[2001:db8::1]', 6, '2001:db8::1'],
  ['::', 6, '::'],
  ['::10.0.0.9', 6, '::a00:9'],
  ['FTP.Corp.Example.', 0, 'ftp.corp.example'],
  ['10.0.0.09', 0, '10.0.0.09'],
  ['10.0.0', 0, '10.0.0'],
  ['fe80::1%eth0', 0, 'fe80::1%eth0'],
  ['', 0, ''],
]

for (const [written, family, text] of HOSTS) {
  test(`${JSON.stringify(written)} is ${family === 0 ? 'the name' : 'the address'} ${JSON.stringify(text)}`, () => {
    const host = readHost(written)
    assert.deepEqual([host.family, host.text], [family, text])
  })
}

const NETWORKS: readonly [written: string, inside: readonly string[], outside: readonly string[]][] = [
  ['10.0.0.9', ['10.0.0.9', '::ffff:10.0.0.9'], ['10.0.0.8', '::a00:9']],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0']],
  ['10.0.0.77/24', ['10.0.0.0', '10.0.0.255'], ['10.0.1.0']],
  ['128.0.0.0/1', ['128.0.0.0', '255.255.255.255'], ['127.255.255.255']],
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255', '::ffff:1.2.3.4'], ['::', '2001:db8::1']],
  ['::ffff:10.0.0.0/104', ['10.1.2.3'], ['11.0.0.0', '::a00:0']],
  ['::ffff:0:0/96', ['0.0.0.0', '255.255.255.255'], ['::1']],
  ['::ffff:0:0/95', ['::fffe:0:1'], ['10.0.0.1']],
  ['2001:db8::/32', ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'], ['2001:db7::1', '2001:db9::']],
  ['2001:db8::8/127', ['2001:db8::8', '2001:db8::9'], ['2001:db8::a']],
  ['::/0', ['::', 'ffff::'], ['10.0.0.1', '::ffff:10.0.0.1']],
]

for (const [written, inside, outside] of NETWORKS) {
  test(`the network ${written} holds its addresses and no others`, () => {
    const table = new NetworkTable<true>()
    const network = readNetwork(written)
    assert.ok(network)
    table.add(network, true)
    const has = (text: string) => {
      const host = readHost(text)
      return host.family !== 0 && table.has(host)
    }
    assert.deepEqual(inside.filter(has), inside)
    assert.deepEqual(outside.filter(has), [])
  })
}

test('of networks that hold an address the longest prefix comes first', () => {
  const table = new NetworkTable<string>()
  for (const text of ['10.0.0.0/8', '10.0.0.0/30', '0.0.0.0/0', '10.0.0.1', '10.0.0.0/24', '192.0.2.0/24']) {
    const network = readNetwork(text)
    if (network) table.add(network, text)
  }
  const found: string[] = []
  const host = readHost('10.0.0.1')
  if (host.family !== 0) table.each(host, text => found.push(text))
  assert.deepEqual(found, ['10.0.0.1', '10.0.0.0/30', '10.0.0.0/24', '10.0.0.0/8', '0.0.0.0/0'])
  const network = readNetwork('10.0.0.0/24')
  assert.ok(network)
  assert.deepEqual(table.at(network), ['10.0.0.0/24'])
  assert.deepEqual(table.wider(network), ['10.0.0.0/8', '0.0.0.0/0'])
})

const NO_NETWORKS = [
  '',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '::/129',
  '10.0.0',
  'ftp',
  '10.0.0.0 /8',
  '10.0.0.0/8.0',
  'fe80::%eth0/64',
]

for (const text of NO_NETWORKS) {
  test(`${JSON.stringify(text)} is no network`, () => assert.equal(readNetwork(text), undefined))
}

const APPLICATIONS: readonly [written: string, key: string | undefined][] = [
  ['10.0.0.9', '4/32/167772169'],
  ['10.0.0.9/32', '4/32/167772169'],
  ['::ffff:10.0.0.9', '4/32/167772169'],
  ['10.0.0.9/24', '4/24/655360'],
  ['[2001:db8::1]', '6/128/42540766411282592856903984951653826561'],
  ['FTP.corp.example.', 'ftp.corp.example'],
  ['ftp', 'ftp'],
  ['_ftp._tcp.corp.example', '_ftp._tcp.corp.example'],
  ['*.Corp.Example', '*.corp.example'],
  ['*.example', '*.example'],
  ['*', undefined],
  ['*.', undefined],
  ['*.*.example', undefined],
  ['a.*.example', undefined],
  ['*corp.example', undefined],
  ['ftp..example', undefined],
  ['.example', undefined],
  ['-ftp.example', undefined],
  ['10.0.0.999', undefined],
  ['1.2.3', undefined],
  ['ftp://corp.example', undefined],
  ['ftp.corp.example:21', undefined],
  ['bücher.example', undefined],
  [`${'a'.repeat(64)}.example`, undefined],
  [`${'a.'.repeat(127)}example`, undefined],
]

for (const [written, key] of APPLICATIONS) {
  test(`${JSON.stringify(written.slice(0, 40))} is ${key === undefined ? 'no application' : `the application ${key}`}`, () => {
    const application = readApplication(written)
    assert.equal(application && keyOf(application), key)
  })
}
