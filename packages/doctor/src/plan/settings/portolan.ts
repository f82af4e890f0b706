import type { PlanFacts, PlanListener } from '../ask.ts'
import { isPrivate, PRIVATE_NETWORKS } from '../private-networks.ts'
import type { PlanContext, PlanSection } from '../section.ts'

/** Defaults of the settings `limits.sessions` and `limits.sessionsPerAddress`. */
const SESSIONS = 10_000
const SESSIONS_PER_ADDRESS = 100

/** The settings of our own server. */
export function portolan({ facts, range }: PlanContext): PlanSection {
  const { active, exclusive, workers } = facts
  const lines = [
    '# portolan.yaml: put these parts into yours',
    'listeners:',
    ...facts.listeners.map(listener(facts)),
  ]
  lines.push(
    'passive:',
    `  basePort: ${range.base}`,
    `  numberOfPorts: ${range.count}          # ${range}`,
    `  sharing: ${exclusive ? 'exclusive' : 'by-client'}`,
    ...(facts.balancer === undefined ? [] : [`  proxyProtocol: ['${facts.balancer}']`]),
    ...addressRules(facts),
  )
  if (active) {
    lines.push(
      'active:',
      '  enabled: true',
      `  basePort: ${active.base}`,
      `  numberOfPorts: ${active.count}          # ${active}`,
    )
  }
  lines.push('server:', `  workers: ${workers}`, ...limits(facts))
  lines.push('tls:', '  selfSigned: true             # better: certificate and key')
  return {
    name: 'portolan',
    title: 'Portolan',
    format: 'yaml',
    text: lines.join('\n'),
    notes: notes(facts),
  }
}

function listener({ listeners, balancer }: PlanFacts) {
  return ({ host, port, tls }: PlanListener, index: number): string => {
    const parts = [
      `name: ${listeners.length === 1 ? 'public' : `public${index + 1}`}`,
      `host: '${host}'`,
      `port: ${port}`,
      `tls: ${tls === 'implicit' ? 'implicit' : 'optional'}`,
      ...(balancer === undefined ? [] : [`proxyProtocol: ['${balancer}']`]),
    ]
    return `  - { ${parts.join(', ')} }`
  }
}

/** The first rule that fits wins. What PASV tells; EPSV tells no address. */
function addressRules({ nat, balancer }: PlanFacts): string[] {
  const inside = balancer === undefined ? 'local' : 'control'
  if (nat === undefined) {
    return balancer === undefined ? [] : ['  addressRules:', '    - { name: dialled, address: control }']
  }
  const rules = [`    - { name: outside, address: ${nat} }`]
  if (!isPrivate(nat)) {
    rules.unshift(`    - { name: inside, clients: '${PRIVATE_NETWORKS.join(', ')}', address: ${inside} }`)
  }
  return ['  addressRules:', ...rules]
}

/** One session browses while the others transfer: each client has one more than transfers. */
function limits({ clients, perClient, sameAddress }: PlanFacts): string[] {
  const sessions = clients * (perClient + 1)
  const perAddress = sameAddress * (perClient + 1)
  const lines = []
  if (sessions > SESSIONS) lines.push(`  sessions: ${Math.min(sessions, 1e6)}`)
  if (perAddress > SESSIONS_PER_ADDRESS) lines.push(`  sessionsPerAddress: ${Math.min(perAddress, 1e6)}`)
  return lines.length === 0 ? [] : ['limits:', ...lines]
}

function notes({ nat, balancer, exclusive }: PlanFacts): string[] {
  const list = ['Check it with: portolan config check portolan.yaml']
  if (nat === undefined && balancer === undefined) {
    list.push(
      'Without address rules clients are told the address that they dialled. If they dial a NAT address, plan with --nat.',
    )
  }
  if (nat !== undefined && !isPrivate(nat)) {
    list.push(
      'The rule inside is for clients on the same side of the NAT as the server. If your gateway gives all clients a private address, take it out.',
    )
  }
  if (balancer !== undefined) {
    list.push(
      `A connection from ${balancer} without a PROXY header is closed; one from elsewhere needs none.`,
    )
  }
  if (exclusive) list.push('Portolan needs no exclusive ports: sharing: by-client does with far fewer.')
  return list
}
