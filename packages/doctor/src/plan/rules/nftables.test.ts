import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING, sectionOf, shellInNamespace } from '../testing.ts'

/** A server whose firewall drops and rejects all, with a rule at the end that nothing passes. */
const STRICT = `table inet filter {
  chain input { type filter hook input priority filter; policy drop; iif lo accept; reject; }
  chain output { type filter hook output priority filter; policy drop; }
  chain forward { type filter hook forward priority filter; policy drop; reject; }
}`

/** Loads rules over others, as an administrator does, and tells what stands there then. */
function load(...rulesets: readonly string[]): string {
  const loads = rulesets.map(rules => `nft -c -f - <<'NFT'\n${rules}\nNFT\nnft -f - <<'NFT'\n${rules}\nNFT`)
  return shellInNamespace([...loads, 'nft list ruleset'].join('\n'))
}

/** The rules of a chain, in the order in which packets meet them. */
function chain(ruleset: string, table: string, name: string): string[] {
  const [, inside = ''] =
    new RegExp(`table ${table} \\{.*?chain ${name} \\{\\n(.*?)\\n\\t\\}`, 's').exec(ruleset) ?? []
  return inside.split('\n').map(line => line.trim())
}

test('the server opens its ports before anything that rejects, and keeps the policy that is there', () => {
  const ruleset = load(STRICT, sectionOf('nftables').text)
  assert.deepEqual(chain(ruleset, 'inet filter', 'input'), [
    'type filter hook input priority filter; policy drop;',
    'ct state established,related accept',
    'tcp dport { 21, 61000-61015 } accept comment "FTP control and passive data"',
    'iif "lo" accept',
    'reject',
  ])
})

test('a server without a firewall gets a chain that hooks', () => {
  const ruleset = load(sectionOf('nftables').text)
  assert.equal(
    chain(ruleset, 'inet filter', 'input')[0],
    'type filter hook input priority filter; policy accept;',
  )
})

test('active mode opens the way out', () => {
  const ruleset = load(STRICT, sectionOf('nftables', EVERYTHING).text)
  assert.deepEqual(chain(ruleset, 'inet filter', 'output').slice(1), [
    'ct state established,related accept',
    'tcp sport 10000-11023 tcp dport 1024-65535 accept comment "FTP active data"',
  ])
})

test('the gateway sends everything on with its port, lets it pass, and dials out from the address that clients know', () => {
  const ruleset = load(STRICT, sectionOf('nftables-nat', EVERYTHING).text)
  assert.deepEqual(chain(ruleset, 'ip nat', 'prerouting').slice(1), [
    'ip daddr 203.0.113.7 tcp dport { 21, 990, 61000-61015 } dnat to 10.0.0.5 comment "FTP"',
  ])
  assert.deepEqual(chain(ruleset, 'inet filter', 'forward').slice(1), [
    'ct state established,related accept',
    'ip saddr 10.0.0.5 tcp sport 10000-11023 tcp dport 1024-65535 accept comment "FTP active data"',
    'ip daddr 10.0.0.5 tcp dport { 21, 990, 61000-61015 } accept comment "FTP control and passive data"',
    'reject',
  ])
  assert.match(
    chain(ruleset, 'ip nat', 'postrouting')[1] ?? '',
    /tcp sport 10000-11023 .* snat to 203\.0\.113\.7/,
  )
})

test('a gateway before a load balancer leads to it; without the server there is no active mode to pass', () => {
  const { text } = sectionOf('nftables-nat', { ...EVERYTHING, server: undefined, balancer: '10.0.0.9' })
  assert.match(text, /dnat to 10\.0\.0\.9 /)
  assert.doesNotMatch(text, /snat/)
  load(text)
})

test('loading the rules twice is no error', () => {
  const both = [sectionOf('nftables', EVERYTHING).text, sectionOf('nftables-nat', EVERYTHING).text]
  load(...both, ...both)
})
