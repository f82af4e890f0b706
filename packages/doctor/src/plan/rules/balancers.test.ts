import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { PlanAsk } from '../ask.ts'
import { EVERYTHING, sectionOf, shell } from '../testing.ts'

/** Has haproxy read a configuration. */
function check(text: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'))
  try {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, `${text}\n`)
    shell(`haproxy -c -f '${file}'`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const proxied: readonly { title: string; ask: Partial<PlanAsk> }[] = [
  { title: 'one listener', ask: {} },
  { title: 'two listeners and both families', ask: EVERYTHING },
  { title: 'a server with an IPv6 address', ask: { server: '2001:db8::5' } },
  { title: 'very many clients', ask: { clients: 1_000_000 } },
]
for (const { title, ask } of proxied) {
  test(`haproxy reads its configuration without a complaint: ${title}`, () =>
    check(sectionOf('haproxy', ask).text))
}

test('haproxy passes on control and data with PROXY headers, and data to where the control connection is', () => {
  const lines = sectionOf('haproxy', EVERYTHING)
    .text.split('\n')
    .map(line => line.trim())
  const servers = lines.filter(line => line.startsWith('server '))
  assert.deepEqual(servers, [
    'server portolan1 10.0.0.5:21 send-proxy-v2 check inter 10s',
    'server portolan1 10.0.0.5:990 send-proxy-v2 check inter 10s',
    'server portolan1 10.0.0.5 send-proxy-v2 track ftp_control_21/portolan1',
  ])
  assert.ok(lines.includes('bind 0.0.0.0:61000-61015'))
  assert.equal(lines.filter(line => line === 'stick on src table ftp_clients').length, 2)
  assert.equal(lines.filter(line => line === 'stick match src table ftp_clients').length, 1)
})

interface Service {
  readonly kind: string
  readonly spec: {
    readonly type: string
    readonly externalTrafficPolicy: string
    readonly sessionAffinity: string
    readonly ports: readonly { name: string; port: number; targetPort: number; protocol: string }[]
  }
}

test('Kubernetes: the Service has every port under its own number, and keeps clients at their pod', () => {
  const service: Service = parse(sectionOf('kubernetes', EVERYTHING).text)
  const { spec } = service
  assert.equal(service.kind, 'Service')
  assert.equal(spec.externalTrafficPolicy, 'Local')
  assert.equal(spec.sessionAffinity, 'ClientIP')
  const wanted = [21, 990, ...Array.from({ length: 16 }, (_, index) => 61_000 + index)]
  assert.deepEqual(
    spec.ports.map(({ port }) => port),
    wanted,
  )
  for (const { port, targetPort, protocol } of spec.ports)
    assert.deepEqual([targetPort, protocol], [port, 'TCP'])
  const names = spec.ports.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  // RFC 6335 section 5.1, which names of ports have to follow.
  for (const name of names) assert.match(name, /^[a-z0-9-]{1,15}$/)
})

test('Kubernetes: more ports than a Service can be asked to list go to the network of the node', () => {
  const { text, notes } = sectionOf('kubernetes', { perClient: 13 })
  const patch: { spec: { template: { spec: { hostNetwork: boolean } } } } = parse(text)
  assert.equal(patch.spec.template.spec.hostNetwork, true)
  assert.match(notes.join(), /104 ports would be 104 entries/)
})
