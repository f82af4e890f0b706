import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING, sectionOf, shellInNamespace } from '../testing.ts'

/** What stands in a chain after the text was pasted into a shell, over a firewall that rejects all. */
function paste(text: string, list: string): string[] {
  const tested = text.replaceAll('--noflush', '--noflush --test')
  const before = ['INPUT', 'OUTPUT', 'FORWARD'].map(chain => `iptables -A ${chain} -j REJECT`)
  return shellInNamespace([...before, tested, text, list].join('\n'))
    .trim()
    .split('\n')
}

test('the server opens its ports before what rejects', () => {
  assert.deepEqual(paste(sectionOf('iptables').text, 'iptables -S INPUT'), [
    '-P INPUT ACCEPT',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -p tcp -m tcp --dport 61000:61015 -j ACCEPT',
    '-A INPUT -p tcp -m tcp --dport 21 -j ACCEPT',
    '-A INPUT -j REJECT --reject-with icmp-port-unreachable',
  ])
})

test('IPv6 gets the same rules, and IPv4 none when nobody listens there', () => {
  const ipv6 = { listeners: [{ host: '2001:db8::5', port: 21, tls: 'explicit' } as const] }
  const { text } = sectionOf('iptables', ipv6)
  assert.doesNotMatch(text, /^iptables/m)
  assert.deepEqual(paste(text, 'ip6tables -S INPUT').slice(1), [
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -p tcp -m tcp --dport 61000:61015 -j ACCEPT',
    '-A INPUT -p tcp -m tcp --dport 21 -j ACCEPT',
  ])
})

test('active mode opens the way out', () => {
  assert.deepEqual(paste(sectionOf('iptables', EVERYTHING).text, 'iptables -S OUTPUT').slice(1, 3), [
    '-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A OUTPUT -p tcp -m tcp --sport 10000:11023 --dport 1024:65535 -j ACCEPT',
  ])
})

test('the gateway sends everything on with its port and lets it pass', () => {
  const { text } = sectionOf('iptables-nat', EVERYTHING)
  assert.deepEqual(paste(text, 'iptables -S FORWARD').slice(1, 6), [
    '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A FORWARD -s 10.0.0.5/32 -p tcp -m tcp --sport 10000:11023 --dport 1024:65535 -j ACCEPT',
    '-A FORWARD -d 10.0.0.5/32 -p tcp -m tcp --dport 61000:61015 -j ACCEPT',
    '-A FORWARD -d 10.0.0.5/32 -p tcp -m tcp --dport 990 -j ACCEPT',
    '-A FORWARD -d 10.0.0.5/32 -p tcp -m tcp --dport 21 -j ACCEPT',
  ])
  const dnat = paste(text, 'iptables -t nat -S PREROUTING').slice(1)
  assert.equal(dnat.length, 3)
  for (const rule of dnat)
    assert.match(rule, /-d 203\.0\.113\.7\/32 .* -j DNAT --to-destination 10\.0\.0\.5$/)
  const snat = paste(text, 'iptables -t nat -S POSTROUTING').slice(1)
  assert.match(
    snat.at(-1) ?? '',
    /-s 10\.0\.0\.5\/32 .*--sport 10000:11023 -j SNAT --to-source 203\.0\.113\.7$/,
  )
  for (const rule of snat.slice(0, -1)) assert.match(rule, /-j ACCEPT$/)
})

test('a single port is written without an end', () => {
  const one = { perClient: 1, workers: 1, clients: 1, basePort: 65_535 }
  assert.ok(
    paste(sectionOf('iptables', one).text, 'iptables -S INPUT').some(rule => / --dport 65535 /.test(rule)),
  )
})
