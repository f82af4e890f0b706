import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatEncrypted, formatExpected, formatRemoval, formatRules } from './nft.ts'

describe('rules for nftables', () => {
  it('redirect addresses and ports, and let what is marked pass', () => {
    const plan = {
      4: [
        {
          addresses: [
            { first: 0x0a000009n, last: 0x0a000009n },
            { first: 0x0a010000n, last: 0x0a0100ffn },
          ],
          ports: [
            { from: 21, to: 21 },
            { from: 50_000, to: 50_099 },
          ],
        },
      ],
      6: [],
      names: [],
    }
    assert.equal(
      formatRules(plan, 19_000, [4], []),
      [
        'table ip portolan_agent',
        'delete table ip portolan_agent',
        'table ip portolan_agent {',
        'set applications0 { type ipv4_addr; flags interval; elements = { 10.0.0.9, 10.1.0.0-10.1.0.255 }; }',
        'set expected { type ipv4_addr . inet_service; flags timeout; size 65535; }',
        'set encrypted { type ipv4_addr; size 65535; }',
        'chain output {',
        'type nat hook output priority -100; policy accept;',
        'meta mark 0x70746c01 accept',
        'ip daddr . tcp dport @expected redirect to :19000',
        'ip daddr @applications0 tcp dport { 21, 50000-50099 } redirect to :19000',
        'ip daddr @encrypted tcp dport 1024-65535 redirect to :19000',
        '}',
        '}',
        '',
      ].join('\n'),
    )
  })

  it('keep what is expected over a change', () => {
    const expected = { family: 6, address: 'fd00::9', port: 50_000, seconds: 12.3 } as const
    const line = 'add element ip6 portolan_agent expected { fd00::9 . 50000 timeout 13s }\n'
    assert.equal(formatExpected(expected), line)
    assert.ok(formatRules({ 4: [], 6: [], names: [] }, 19_000, [4, 6], [expected]).endsWith(`}\n${line}`))
  })

  it('have data connections to servers whose control connections are encrypted redirected', () => {
    const element = { family: 4, address: '10.0.0.9' } as const
    const line = 'element ip portolan_agent encrypted { 10.0.0.9 }\n'
    assert.ok(formatRules({ 4: [], 6: [], names: [] }, 19_000, [4], [], [element]).endsWith(`}\nadd ${line}`))
    assert.equal(formatEncrypted(element, false), `add ${line}delete ${line}`)
  })

  it('are taken away whether they are there or not', () => {
    assert.equal(
      formatRemoval([4, 6]),
      'table ip portolan_agent\ndelete table ip portolan_agent\ntable ip6 portolan_agent\ndelete table ip6 portolan_agent\n',
    )
  })
})
