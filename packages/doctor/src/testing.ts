import { classifyAddress, type DialOutcome } from '@portolan/channels'
import { type ClientOptions, resolveOptions } from '@portolan/client'
import type {
  ActiveEvidence,
  Candidate,
  Channel,
  Connect,
  ConnectEvidence,
  Evidence,
  GreetingEvidence,
  LoginEvidence,
  PassiveEvidence,
  PortsEvidence,
  SeenEvidence,
  StepName,
  TlsEvidence,
  TransferEvidence,
} from './evidence.ts'
import type { Facts } from './rules/facts.ts'
import { judge } from './rules/rules.ts'

/** The server of these tests, at a global address. */
export const PEER = '192.175.48.1'
/** The client's address in its own network. */
export const LOCAL = '192.168.1.10'

/** Facts of a run against {@link PEER}. */
export function factsOf(evidence: Evidence, options: Partial<ClientOptions> = {}): Facts {
  return { options: resolveOptions({ host: PEER, user: 'ada', password: 'secret', ...options }), evidence }
}

/** Each verdict as `error CODE certain`, in order. */
export function judged(evidence: Evidence, options: Partial<ClientOptions> = {}): string[] {
  return judge(factsOf(evidence, options)).map(
    ({ severity, code, confidence }) => `${severity} ${code} ${confidence}`,
  )
}

export function connect(outcome: Connect['outcome'] = 'connected', ms = 12): Connect {
  return { outcome, ms: outcome === 'timeout' ? 2_000 : ms }
}

export function moved(found: Partial<TransferEvidence> = {}): TransferEvidence {
  return {
    verb: 'MLSD',
    outcome: 'moved',
    bytes: 120,
    ms: 9,
    reply: '226 Done',
    code: 226,
    end: 'clean',
    completionMs: 1,
    ...found,
  }
}

/** EPSV or PASV. @param outcomes - how dialling the control address went, and the advertised one where it is another */
export function passive(
  command: 'EPSV' | 'PASV',
  outcome: Connect['outcome'] = 'connected',
  {
    port = 50_001,
    told = PEER,
    toldOutcome = 'timeout',
    channel = 'clear',
    ...more
  }: Partial<PassiveEvidence> & {
    port?: number
    told?: string
    toldOutcome?: Connect['outcome']
    channel?: Channel
  } = {},
): PassiveEvidence {
  const candidates: Candidate[] = [
    { kind: 'control', endpoint: { address: PEER, port }, connect: connect(outcome) },
  ]
  if (command === 'PASV' && told !== PEER)
    candidates.push({ kind: 'advertised', endpoint: { address: told, port }, connect: connect(toldOutcome) })
  const stood = candidates.some(one => one.connect?.outcome === 'connected')
  return {
    command,
    channel,
    outcome: stood ? 'moved' : 'not-connected',
    code: command === 'EPSV' ? 229 : 227,
    reply: `${command === 'EPSV' ? 229 : 227} Entering`,
    peer: PEER,
    peerClass: classifyAddress(PEER),
    candidates,
    ...(command === 'PASV' && {
      advertised: { address: told, port },
      advertisedClass: classifyAddress(told),
    }),
    ...(stood && { transfer: moved() }),
    ...more,
  }
}

/** A refusal of EPSV or PASV. */
export function refusal(
  command: 'EPSV' | 'PASV',
  reply = '500 Unknown command',
  channel: Channel = 'clear',
): PassiveEvidence {
  const { advertised: _none, transfer: _nothing, ...rest } = passive(command, 'timeout', { channel })
  return { ...rest, outcome: 'refused', code: Number(reply.slice(0, 3)), reply, candidates: [] }
}

/** Ports that were dialled, by EPSV. */
export function ports(tries: Readonly<Record<number, DialOutcome | 'connected'>>): PortsEvidence {
  return {
    tries: Object.entries(tries).map(([port, outcome]) => ({
      command: 'EPSV',
      port: Number(port),
      connect: connect(outcome),
    })),
  }
}

export function active(
  command: 'EPRT' | 'PORT',
  outcome: ActiveEvidence['outcome'] = 'moved',
  found: Partial<ActiveEvidence> = {},
): ActiveEvidence {
  const announced = { address: LOCAL, port: 40_001 }
  return {
    command,
    channel: 'clear',
    outcome,
    announced,
    announcedClass: 'private',
    code: outcome === 'refused' ? 500 : 200,
    reply: outcome === 'refused' ? '500 Illegal PORT command' : '200 OK',
    strangers: [],
    ...(outcome === 'moved' && { from: { address: PEER, port: 20 }, ms: 3, transfer: moved() }),
    ...found,
  }
}

export const LOGIN: LoginEvidence = { channel: 'clear', user: 'ada', outcome: 'ok', ms: 20 }
export const GREETING: GreetingEvidence = {
  kind: 'ftp',
  text: '220 Ready',
  code: 220,
  ms: 10,
  asked: 'off',
}
export const CONNECT: ConnectEvidence = {
  host: PEER,
  port: 21,
  addresses: [{ address: PEER, class: 'global', connect: connect() }],
  used: PEER,
  local: { address: LOCAL, port: 39_999 },
}
export const TLS: TlsEvidence = {
  start: 'auth',
  outcome: 'ok',
  at: 'handshake',
  listed: true,
  reply: '234 Go on',
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  certificate: {
    subject: 'CN=ftp.example.org',
    issuer: 'CN=Example CA',
    names: ['ftp.example.org'],
    validFrom: '2026-01-01T00:00:00.000Z',
    validTo: '2099-01-01T00:00:00.000Z',
    fingerprint256: 'AA:BB',
    selfSigned: false,
  },
}

/** The server sees the client as it is. */
export const SEEN: SeenEvidence = {
  local: { address: LOCAL, port: 39_999 },
  seen: LOCAL,
  by: 'probe',
  nat: 'none',
  rewritten: [],
}

/** A run in which everything works, in the clear. */
export const GOOD: Evidence = {
  connect: CONNECT,
  greeting: GREETING,
  login: LOGIN,
  seen: SEEN,
  epsv: passive('EPSV'),
  pasv: passive('PASV'),
  ports: ports({ 50002: 'connected', 50003: 'connected', 50004: 'connected', 50005: 'connected' }),
  eprt: active('EPRT'),
  port: active('PORT'),
}

/** The evidence without some steps. */
export function without(evidence: Evidence, ...steps: readonly StepName[]): Evidence {
  const left = new Set<string>(steps)
  return Object.fromEntries(Object.entries(evidence).filter(([step]) => !left.has(step)))
}
