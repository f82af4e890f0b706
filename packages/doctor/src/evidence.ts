import type { AddressClass, BreakCode, DialOutcome } from '@portolan/channels'
import type { TlsMode } from '@portolan/client'
import type { Endpoint, ListingDialect, ProbeAttempt, ProbeNat, Rewritten } from '@portolan/protocol'

/** Whether a control connection can be read on its way. */
export type Channel = 'clear' | 'tls'

/** How one TCP connection went. */
export interface Connect {
  readonly outcome: 'connected' | DialOutcome
  /** Milliseconds from the first packet: a refusal after one round trip and one after many mean different things. */
  readonly ms: number
  /** What the system called the failure. */
  readonly errno?: string
}

/** This machine. */
export interface LocalEvidence {
  readonly node: string
  readonly addresses: readonly {
    readonly interface: string
    readonly address: string
    readonly class: AddressClass
  }[]
  /** Names of environment variables that other clients take a proxy from; their values may hold passwords. */
  readonly proxyVariables: readonly string[]
  /** The proxy that is used, without its login. */
  readonly proxy?: string
}

/** Every address of the server's name, each dialled by itself. */
export interface ConnectEvidence {
  readonly host: string
  readonly port: number
  /** Why the name has no address. */
  readonly nameError?: string
  readonly addresses: readonly {
    readonly address: string
    readonly class: AddressClass
    readonly connect: Connect
  }[]
  /** The first that answered: all else is examined there. Behind a proxy the name. */
  readonly used?: string
  /** Our end of that connection. */
  readonly local?: Endpoint
}

/** What answered on the port, by its first bytes. */
export type GreetingKind =
  | 'ftp'
  | 'refused'
  | 'ssh'
  | 'http'
  | 'mail'
  | 'tls'
  | 'silence'
  | 'closed'
  | 'reset'
  | 'other'

export interface GreetingEvidence {
  readonly kind: GreetingKind
  /** The first line, cut to 300 characters. */
  readonly text?: string
  readonly code?: number
  readonly ms: number
  /** The way of starting that was asked for. */
  readonly asked: TlsMode
  /** Whether the other way of starting works on this port: TLS from the first byte, or a greeting in the clear. Tried when this one did not. */
  readonly otherStart?: boolean
}

/** TLS on the control connection. */
export interface TlsEvidence {
  readonly start: 'auth' | 'implicit'
  readonly outcome: 'ok' | 'refused' | 'reset' | 'timeout' | 'certificate' | 'handshake'
  /** Where it ended: at AUTH or in the handshake. */
  readonly at: 'auth' | 'handshake'
  /** Whether the reply to FEAT in the clear named AUTH TLS; absent when nobody could ask. */
  readonly listed?: boolean
  readonly reply?: string
  readonly protocol?: string
  readonly cipher?: string
  readonly certificate?: CertificateEvidence
  /** What is wrong with the certificate, whether it was accepted or not. */
  readonly problem?: { readonly code: string; readonly text: string }
  readonly text?: string
}

export interface CertificateEvidence {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** ISO 8601, UTC. */
  readonly validFrom: string
  readonly validTo: string
  readonly fingerprint256: string
  readonly selfSigned: boolean
}

/** The reply to FEAT, by one way. */
export interface FeaturesEvidence {
  readonly channel: Channel
  /** Before the login; absent when FEAT was refused or not asked. */
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  readonly system?: string
}

export interface LoginEvidence {
  readonly channel: Channel
  readonly user: string
  readonly outcome: 'ok' | 'refused' | 'wants-tls' | 'busy' | 'closed' | 'timeout'
  readonly ms: number
  readonly text?: string
  /** What PROT P was answered, when it was refused. */
  readonly protection?: string
}

/** How the server sees this machine. */
export interface SeenEvidence {
  readonly local: Endpoint
  readonly seen?: string
  readonly seenPort?: number
  readonly by?: 'probe' | 'stat'
  readonly nat?: ProbeNat
  /** The server's own end, as it tells. */
  readonly serverLocal?: Endpoint
  /** A load balancer before the server. */
  readonly balancer?: string
  /** Addresses in the server's words that were changed on the way. */
  readonly rewritten: readonly Rewritten[]
}

/** One transfer over a data connection that stood. */
export interface TransferEvidence {
  readonly verb: string
  readonly outcome: 'moved' | 'refused' | 'tls-failed' | 'broken' | 'stalled' | 'control-lost'
  readonly bytes: number
  readonly ms: number
  readonly reply?: string
  readonly code?: number
  readonly tls?: { readonly protocol: string; readonly reused: boolean }
  readonly end?: 'clean' | BreakCode
  /** From the end of the data to the final reply. */
  readonly completionMs?: number
  readonly text?: string
}

/** What the server saw of a data connection, by SITE PROBE LOG. */
export type ServerView = Pick<ProbeAttempt, 'outcome' | 'endpoint' | 'remote' | 'strangers' | 'code' | 'text'>

/** EPSV or PASV, the addresses that it may mean, and a listing over the first that stood. */
export interface PassiveEvidence {
  readonly command: 'EPSV' | 'PASV'
  readonly channel: Channel
  readonly outcome: 'moved' | 'refused' | 'malformed' | 'not-connected' | 'not-moved' | 'control-lost'
  readonly code?: number
  readonly reply?: string
  /** What PASV says. */
  readonly advertised?: Endpoint
  readonly advertisedClass?: AddressClass
  /** The server's address on the control connection; behind a proxy what the proxy is asked for. */
  readonly peer: string
  readonly peerClass: AddressClass
  readonly candidates: readonly Candidate[]
  readonly transfer?: TransferEvidence
  readonly server?: ServerView
  readonly text?: string
}

export interface Candidate {
  readonly kind: 'control' | 'advertised'
  readonly endpoint: Endpoint
  /** Absent when it was not dialled: it would lead to this very machine. */
  readonly connect?: Connect
}

/** Several ports of the passive range, each dialled as it was told. */
export interface PortsEvidence {
  readonly tries: readonly {
    readonly command: 'EPSV' | 'PASV'
    readonly port: number
    readonly connect: Connect
  }[]
}

/** EPRT or PORT, and a listing if the server came. */
export interface ActiveEvidence {
  readonly command: 'EPRT' | 'PORT'
  readonly channel: Channel
  readonly outcome:
    | 'moved'
    | 'no-port'
    | 'refused'
    | 'dial-failed'
    | 'nobody-came'
    | 'wrong-source'
    | 'not-moved'
    | 'control-lost'
  readonly announced?: Endpoint
  readonly announcedClass?: AddressClass
  readonly code?: number
  readonly reply?: string
  /** The server's connection, and when it came after the transfer command. */
  readonly from?: Endpoint
  readonly ms?: number
  /** Addresses that came in its place. */
  readonly strangers: readonly string[]
  /** Our own listening port, dialled from this machine. */
  readonly ownPort?: Connect
  readonly transfer?: TransferEvidence
  readonly server?: ServerView
  readonly text?: string
}

/** A line that goes through what reads along: what was sent, and what arrived. */
export interface EchoEvidence {
  readonly channel: Channel
  readonly sent: string
  readonly received: string
}

/** A second session that is under TLS when the first is in the clear, and the other way round. */
export interface OtherWayEvidence {
  readonly channel: Channel
  readonly login: 'ok' | 'failed'
  readonly text?: string
  readonly epsv?: PassiveEvidence
  readonly pasv?: PassiveEvidence
  readonly port?: ActiveEvidence
}

/** Listings under TLS, four with resumption and one without. */
export interface DataTlsEvidence {
  readonly transfers: readonly { readonly resume: boolean; readonly transfer: TransferEvidence }[]
}

export interface ClosingEvidence {
  readonly transfers: number
  readonly underTls: number
  /** Ends of TLS streams without close_notify. */
  readonly truncated: number
  /** The longest time from the end of the data to the final reply, in milliseconds. */
  readonly slowestMs: number
}

/** NOOP while a file is downloaded. */
export interface NoopEvidence {
  readonly file: string
  readonly reply: 'during' | 'after' | 'never' | 'broke'
  readonly bytes: number
  readonly ms: number
  readonly text?: string
}

/** Silence on the control connection, and what keeps it alive. */
export interface IdleEvidence {
  readonly probes: readonly {
    readonly seconds: number
    /** `none`: real silence; `noop`: NOOP every 30 seconds; `tcp`: keep-alive of the kernel every 30 seconds. */
    readonly keep: 'none' | 'noop' | 'tcp'
    readonly outcome: 'alive' | 'reset' | 'silent' | 'said-goodbye' | 'closed' | 'not-begun'
    readonly text?: string
  }[]
}

export interface ListingEvidence {
  readonly listings: readonly {
    readonly command: 'MLSD' | 'LIST'
    readonly outcome: TransferEvidence['outcome']
    readonly entries: number
    readonly dialect?: ListingDialect
    readonly unparsed: number
    /** The first of them, cut to 120 characters. */
    readonly samples: readonly string[]
    readonly reply?: string
  }[]
  /** Minutes that times in LIST are ahead of UTC, by MDTM of one file. */
  readonly zoneMinutes?: number
}

export interface CapabilitiesEvidence {
  readonly resume: boolean
  readonly size: boolean
  readonly mdtm: boolean
  readonly mfmt: boolean
  readonly mlst: boolean
  readonly utf8: boolean
  readonly checksums: readonly string[]
  readonly probe: boolean
  /** Sessions that were open at once. */
  readonly sessions: number
  /** What the server said when it let no more in. */
  readonly sessionLimit?: string
}

/** A file that was uploaded, downloaded, compared and removed. */
export interface WriteEvidence {
  readonly path: string
  readonly bytes: number
  readonly up: TransferEvidence
  readonly down?: TransferEvidence
  readonly same?: 'same' | 'line-ends' | 'different' | 'shorter'
  readonly removed: boolean
  readonly text?: string
}

/** What each step can find, by its name; the order is that of the report. */
export interface EvidenceOf {
  readonly local: LocalEvidence
  readonly connect: ConnectEvidence
  readonly greeting: GreetingEvidence
  readonly 'features-clear': FeaturesEvidence
  readonly tls: TlsEvidence
  readonly 'features-tls': FeaturesEvidence
  readonly login: LoginEvidence
  readonly seen: SeenEvidence
  readonly epsv: PassiveEvidence
  readonly pasv: PassiveEvidence
  readonly ports: PortsEvidence
  readonly eprt: ActiveEvidence
  readonly port: ActiveEvidence
  readonly 'other-way': OtherWayEvidence
  readonly echo: EchoEvidence
  readonly 'probe-pasv': EchoEvidence
  readonly 'data-tls': DataTlsEvidence
  readonly closing: ClosingEvidence
  readonly listing: ListingEvidence
  readonly noop: NoopEvidence
  readonly capabilities: CapabilitiesEvidence
  readonly write: WriteEvidence
  readonly idle: IdleEvidence
}

export type StepName = keyof EvidenceOf

/** All steps, in the order of the report. */
export const STEP_NAMES = [
  'local',
  'connect',
  'greeting',
  'features-clear',
  'tls',
  'features-tls',
  'login',
  'seen',
  'epsv',
  'pasv',
  'ports',
  'eprt',
  'port',
  'other-way',
  'echo',
  'probe-pasv',
  'data-tls',
  'closing',
  'listing',
  'noop',
  'capabilities',
  'write',
  'idle',
] as const satisfies readonly StepName[]

export type StepStatus = 'pass' | 'warn' | 'fail' | 'skip'

/** A step that was carried out, and what it found. */
export type DoneStep = {
  [N in StepName]: {
    readonly step: N
    readonly status: Exclude<StepStatus, 'skip'>
    readonly evidence: EvidenceOf[N]
    readonly ms: number
  }
}[StepName]

/** A step that was not carried out, and why. */
export interface SkippedStep {
  readonly step: StepName
  readonly status: 'skip'
  readonly evidence: { readonly reason: string }
  readonly ms: number
}

export type Step = DoneStep | SkippedStep

/** What was found, by step. */
export type Evidence = { readonly [N in StepName]?: EvidenceOf[N] }
