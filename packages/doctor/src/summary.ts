import type {
  ActiveEvidence,
  Channel,
  Connect,
  DoneStep,
  PassiveEvidence,
  Step,
  StepName,
} from './evidence.ts'
import { duration, listed, span } from './rules/facts.ts'

/** What people call the steps. */
const TITLES: Readonly<Record<StepName, string>> = {
  local: 'This machine',
  connect: 'Connect',
  greeting: 'Greeting',
  'features-clear': 'Features, clear',
  tls: 'TLS',
  'features-tls': 'Features, TLS',
  login: 'Login',
  seen: 'Seen as',
  epsv: 'EPSV',
  pasv: 'PASV',
  ports: 'Passive ports',
  eprt: 'EPRT',
  port: 'PORT',
  'other-way': 'The other way',
  echo: 'Echo of PORT',
  'probe-pasv': 'Echo of PASV',
  'data-tls': 'TLS of data',
  closing: 'Ends',
  listing: 'Listing',
  noop: 'NOOP meanwhile',
  capabilities: 'Capabilities',
  write: 'Write test',
  idle: 'Silence',
}

/** A step in one line: what it is called, and what it found. */
export function describeStep(step: Step): { readonly title: string; readonly line: string } {
  const title = TITLES[step.step]
  return { title, line: step.status === 'skip' ? step.evidence.reason : lineOf(step) }
}

function lineOf(done: DoneStep): string {
  switch (done.step) {
    case 'local': {
      const addresses = done.evidence.addresses.map(({ address }) => address)
      return addresses.length === 0 ? 'no address but its own' : listed(addresses)
    }
    case 'connect': {
      const { nameError, addresses, host, port } = done.evidence
      if (nameError !== undefined) return `${host} has no address: ${nameError}`
      return addresses.map(({ address, connect }) => `${at(address, port)} ${how(connect)}`).join(', ')
    }
    case 'greeting':
      return done.evidence.text ?? done.evidence.kind
    case 'features-clear':
    case 'features-tls': {
      const { before, after, system } = done.evidence
      const names = [...new Set((after ?? before ?? []).map(line => line.split(' ', 1)[0] ?? ''))]
      return `${names.length} ${after ? '' : 'before the login '}(${names.slice(0, 8).join(' ')}${names.length > 8 ? ' ...' : ''})${system === undefined ? '' : `, ${system}`}`
    }
    case 'tls': {
      const { outcome, protocol, cipher, reply, text, problem, certificate } = done.evidence
      if (outcome !== 'ok') return problem?.text ?? reply ?? text ?? outcome
      return `${protocol} ${cipher}, ${problem ? problem.text : (certificate?.subject ?? 'verified')}`
    }
    case 'login': {
      const { user, outcome, text, protection } = done.evidence
      if (outcome !== 'ok') return text ?? outcome
      return protection === undefined ? `as ${user}` : `as ${user}; PROT P refused: ${protection}`
    }
    case 'seen': {
      const { local, seen } = done.evidence
      return seen === local.address ? `${seen}, as it is` : `${seen}, and has ${local.address}`
    }
    case 'epsv':
    case 'pasv':
      return passiveLine(done.evidence)
    case 'ports': {
      const { tries } = done.evidence
      const open = tries.filter(({ connect }) => connect.outcome === 'connected').length
      return `${open} of ${tries.length} can be reached, of ${span(tries.map(({ port }) => port))}`
    }
    case 'eprt':
    case 'port':
      return activeLine(done.evidence)
    case 'other-way': {
      const { channel, login, text, epsv, pasv, port } = done.evidence
      if (login !== 'ok') return `${WAYS[channel]}: ${text ?? 'no login'}`
      const parts = [epsv && passiveLine(epsv), pasv && passiveLine(pasv), port && activeLine(port)]
      const names = ['EPSV', 'PASV', 'PORT']
      return `${WAYS[channel]}: ${parts.flatMap((part, i) => (part ? [`${names[i]} ${part}`] : [])).join('; ')}`
    }
    case 'echo':
    case 'probe-pasv': {
      const { sent, received, channel } = done.evidence
      const where = channel === 'tls' ? ' (under TLS, where nobody could change it)' : ''
      return sent === received ? `arrives unchanged${where}` : `“${sent}” arrives as “${received}”`
    }
    case 'data-tls': {
      const { transfers } = done.evidence
      const resumed = transfers.filter(({ resume }) => resume)
      const count = resumed.filter(({ transfer }) => transfer.tls?.reused).length
      const plain = transfers.find(({ resume }) => !resume)
      const without = plain ? `, without resumption ${plain.transfer.outcome}` : ''
      return `${count} of ${resumed.length} resumed${without}`
    }
    case 'closing': {
      const { transfers, underTls, truncated, slowestMs } = done.evidence
      const tls = underTls > 0 ? `, ${underTls - truncated} of ${underTls} with close_notify` : ''
      return `${transfers} transfers${tls}, final reply within ${duration(slowestMs)}`
    }
    case 'listing': {
      const { listings, zoneMinutes } = done.evidence
      const texts = listings.map(
        ({ command, entries, dialect, unparsed, outcome, reply }) =>
          `${command} ${outcome === 'moved' ? `${entries} entries${dialect ? ` (${dialect})` : ''}` : (reply ?? outcome)}${unparsed > 0 ? `, ${unparsed} not understood` : ''}`,
      )
      const zone = zoneMinutes === undefined ? '' : `, clock ${zoneMinutes} minutes ahead of UTC`
      return texts.join(', ') + zone
    }
    case 'noop':
      return `answered ${{ during: 'during', after: 'after', never: 'never; not even after', broke: 'never; it breaks' }[done.evidence.reply]} the transfer`
    case 'capabilities': {
      const { resume, mlst, utf8, checksums, sessions, sessionLimit } = done.evidence
      const has = [resume && 'resume', mlst && 'MLST', utf8 && 'UTF-8', ...checksums].filter(Boolean)
      const limit = sessionLimit === undefined ? '' : ' (no more)'
      return `${has.join(', ') || 'none told'}; ${sessions} sessions at once${limit}`
    }
    case 'write': {
      const { up, same, removed, path, text } = done.evidence
      if (up.outcome !== 'moved') return up.reply ?? up.text ?? up.outcome
      return `${path}: ${same ?? 'not downloaded'}${removed ? ', removed' : `; ${text ?? 'not removed'}`}`
    }
    case 'idle':
      return done.evidence.probes
        .map(({ seconds, keep, outcome }) => `${seconds} s${KEEP[keep]} ${outcome}`)
        .join(', ')
  }
}

const WAYS: Readonly<Record<Channel, string>> = { clear: 'in the clear', tls: 'under TLS' }
const KEEP = { none: '', noop: ' with NOOP', tcp: ' with TCP keep-alive' } as const

function passiveLine({ outcome, reply, text, candidates, transfer, advertised }: PassiveEvidence): string {
  if (outcome === 'refused' || outcome === 'malformed') return reply ?? outcome
  if (outcome === 'control-lost') return text ?? outcome
  const told = advertised ? `tells ${at(advertised.address, advertised.port)}; ` : ''
  const dialled = candidates
    .map(
      ({ endpoint, connect }) =>
        `${at(endpoint.address, endpoint.port)} ${connect ? how(connect) : 'not dialled'}`,
    )
    .join(', ')
  const listing = transfer
    ? transfer.outcome === 'moved'
      ? ', listing came'
      : `, no listing: ${transfer.reply ?? transfer.text ?? transfer.outcome}`
    : ''
  return told + dialled + listing
}

function activeLine({
  outcome,
  announced,
  reply,
  text,
  from,
  ms,
  strangers,
  transfer,
}: ActiveEvidence): string {
  const where = announced ? at(announced.address, announced.port) : ''
  if (outcome === 'moved' && from)
    return `the server came to ${where} after ${duration(ms ?? 0)}, listing came`
  if (outcome === 'nobody-came') return `nobody came to ${where} within ${duration(ms ?? 0)}`
  if (outcome === 'wrong-source') return `${listed(strangers)} came to ${where} instead of the server`
  if (outcome === 'not-moved') return transfer?.reply ?? transfer?.text ?? reply ?? outcome
  return reply ?? text ?? outcome
}

function how({ outcome, ms }: Connect): string {
  return outcome === 'connected' ? `in ${duration(ms)}` : `${outcome} after ${duration(ms)}`
}

function at(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
