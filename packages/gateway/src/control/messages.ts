import { z } from 'zod'
import { isStatusCode, type StatusCode } from '../codes.ts'
import { memberKind } from '../model/index.ts'

/** What the parts say to each other. Every message is checked where it arrives; one that does not fit closes the link. */

const statusCode = z.string().refine((text): text is StatusCode => isStatusCode(text))
export const status = z.object({ code: statusCode, text: z.string().max(2_000) })

const text = z.string().max(1_024)
const endpoint = z.object({ address: text, port: z.int().min(0).max(65_535) })
const pem = z.string().max(16_384)

// ------------------------------------------------------------------------------------------------ enrolment and sign-in

/** Over ALPN `enrol`, to a controller or to an edge, which passes it on. One request on one connection. */
export const enrolRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('enrol'),
    kind: z.enum(['edge', 'connector']),
    key: text,
    secret: text,
    csr: pem,
    name: text,
    /** Where others reach an edge. */
    addresses: z.array(text).max(16).readonly(),
    version: text,
  }),
  z.object({
    type: z.literal('sign-in'),
    user: text,
    password: text.optional(),
    /** Second factor: six digits, or a recovery code. */
    code: z.string().max(64).optional(),
    token: text.optional(),
    csr: pem,
    device: text,
    labels: z.array(z.string().max(64)).max(32).readonly(),
    version: text,
  }),
])
export type EnrolRequest = z.output<typeof enrolRequest>

export const enrolReply = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('enrolled'),
    id: text,
    kind: memberKind,
    /** PEM: the certificate, and the authority that signed it. */
    certificate: pem,
    authority: pem,
    /** Edges, for connectors and agents; controllers, for edges. */
    addresses: z.array(text).max(64).readonly(),
    expiresAt: z.int(),
  }),
  z.object({
    type: z.literal('refused'),
    code: z.enum([
      'GATEWAY_ENROL_REFUSED',
      'GATEWAY_SIGN_IN_REFUSED',
      'GATEWAY_CODE_NEEDED',
      'GATEWAY_UNREACHABLE',
    ]),
    text: z.string().max(2_000),
  }),
])
export type EnrolReply = z.output<typeof enrolReply>

/** A member asks for a certificate anew, over the link that its present one stands for. */
const renew = z.object({ type: z.literal('renew'), csr: pem })
const renewed = z.object({ type: z.literal('renewed'), reply: enrolReply })

// ------------------------------------------------------------------------------------------------ agent and edge

export const agentSays = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    version: text,
    device: text,
    /** The address of the agent's machine in its own network. */
    privateAddress: text,
    platform: text,
  }),
  renew,
])
export type AgentSays = z.output<typeof agentSays>

export const edgeSaysToAgent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('definitions'),
    version: z.int(),
    definitions: z
      .array(
        z.object({
          segment: text,
          applications: z.array(text).max(1_000).readonly(),
          ports: z
            .array(z.object({ from: z.int(), to: z.int() }))
            .max(100)
            .readonly(),
          action: z.enum(['forward', 'bypass']),
          because: z.string().max(2_000),
          doubleEncryption: z.boolean(),
          inspection: z.enum(['off', 'ftp']),
        }),
      )
      .max(20_000)
      .readonly(),
    /** All edges, to go to when this one is lost. */
    edges: z.array(text).max(64).readonly(),
    signInExpiresAt: z.int(),
  }),
  renewed,
])
export type EdgeSaysToAgent = z.output<typeof edgeSaysToAgent>

/** What an agent asks of an edge with OPEN. */
export const agentOpen = z.object({
  host: text,
  port: z.int().min(1).max(65_535),
  /** The client program's end. */
  client: endpoint.optional(),
  via: z.enum(['socks5', 'http', 'listener', 'transparent']),
})
export type AgentOpen = z.output<typeof agentOpen>

/** What the edge answers with OPENED. */
export const agentOpened = z.object({
  session: text,
  connection: text,
  segment: text,
  connector: z.object({ id: text, name: text }),
  server: endpoint,
  /** The agent makes an inner TLS to that connector before anything else. */
  doubleEncryption: z.boolean(),
  /** The connector reads this control connection. */
  inspected: z.boolean(),
})
export type AgentOpened = z.output<typeof agentOpened>

// ------------------------------------------------------------------------------------------------ connector and edge

export const connectorSays = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: text, privateAddress: text }),
  z.object({
    type: z.literal('health'),
    reports: z
      .array(
        z.object({
          segment: text,
          host: text,
          port: z.int(),
          state: z.enum(['up', 'down', 'unknown']),
          ms: z.number().optional(),
          text: z.string().max(500).optional(),
        }),
      )
      .max(1_000)
      .readonly(),
  }),
  z.object({
    type: z.literal('load'),
    streams: z.int(),
    bytesPerSecond: z.number(),
    cpu: z.number(),
    residentBytes: z.int(),
  }),
  renew,
])
export type ConnectorSays = z.output<typeof connectorSays>

export const edgeSaysToConnector = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('configure'),
    group: text,
    maxStreams: z.int(),
    bytesPerSecond: z.int().optional(),
    draining: z.boolean(),
    /** All edges: a connector is connected to each. */
    edges: z.array(text).max(64).readonly(),
    /** What is probed, and how; nothing for segments without health reporting. */
    probes: z
      .array(
        z.object({
          segment: text,
          host: text,
          ports: z.array(z.int()).max(10).readonly(),
          mode: z.enum(['on-access', 'continuous']),
        }),
      )
      .max(10_000)
      .readonly(),
  }),
  renewed,
])
export type EdgeSaysToConnector = z.output<typeof edgeSaysToConnector>

/** What an edge asks of a connector with OPEN. */
export const connectorOpen = z.object({
  connection: text,
  segment: text,
  host: text,
  port: z.int().min(1).max(65_535),
  user: text,
  /** Read the control connection as FTP. */
  inspect: z.boolean(),
  doubleEncryption: z.boolean(),
  /** Reverse publishing: the server is told of the client by a PROXY protocol header, version 2. */
  publication: z
    .object({
      name: text,
      source: endpoint,
      destination: endpoint,
      /** What the server tells clients: this address, and its own port plus the offset. */
      advertise: z.object({ address: text, portOffset: z.int() }).optional(),
    })
    .optional(),
})
export type ConnectorOpen = z.output<typeof connectorOpen>

/** What the connector answers with OPENED, once the server has accepted. */
export const connectorOpened = z.object({ local: endpoint, remote: endpoint, serverSetupMs: z.number() })
export type ConnectorOpened = z.output<typeof connectorOpened>

/**
 * What a connector notes about a control connection that it reads. `expect` comes before the reply that names the port, so the edge knows
 * before the client does.
 */
export const connectorNote = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('expect'),
    /** As the reply named it; for EPSV the server of the control connection. */
    address: text,
    port: z.int().min(1).max(65_535),
    by: z.enum(['PASV', 'EPSV']),
    seconds: z.number(),
  }),
  /** A command and its final reply, for the timeline. Arguments of PASS and ACCT are never in it. */
  z.object({
    type: z.literal('ftp'),
    verb: z.string().max(16),
    argument: text,
    reply: z.int().optional(),
    text: z.string().max(500),
  }),
  z.object({ type: z.literal('warning'), status }),
])
export type ConnectorNote = z.output<typeof connectorNote>

/** What an edge passes on to the agent of what its connector notes. */
export const agentNote = z.discriminatedUnion('type', [
  /** For listeners that have to open, or addresses that are taken. */
  z.object({
    type: z.literal('expect'),
    address: text,
    port: z.int().min(1).max(65_535),
    by: z.enum(['PASV', 'EPSV']),
    seconds: z.number(),
  }),
  /** What the user should know of the control connection, such as that nobody can read it any more. */
  z.object({ type: z.literal('warning'), status }),
])
export type AgentNote = z.output<typeof agentNote>
export type ExpectNote = Extract<AgentNote, { type: 'expect' }>

// ------------------------------------------------------------------------------------------------ edge and controller

/** A stream as the edge knows it: what the log and the pages show. Names follow the user activity log of ZPA where it has one. */
export const streamReport = z.object({
  SessionID: text,
  ConnectionID: text,
  ConnectionStatus: z.enum(['open', 'active', 'close', 'refused']),
  /** A status code. */
  InternalReason: z.string().max(64),
  /** The sentence to it. */
  Text: z.string().max(2_000),
  /** `control`, `data`, or `other`. */
  Role: z.enum(['control', 'data', 'other']),
  DoubleEncryption: z.boolean(),
  Username: text,
  Device: text,
  Host: text,
  ServicePort: z.int(),
  ClientPublicIP: text,
  ClientPrivateIP: text,
  ClientZEN: text.describe('The edge.'),
  Policy: text.describe('The rule that decided.'),
  Application: text.describe('The segment.'),
  AppGroup: text,
  Connector: text,
  ConnectorIP: text,
  ConnectorPort: z.int(),
  ServerIP: text,
  ServerPort: z.int(),
  /** Microseconds. */
  PolicyProcessingTime: z.number(),
  /** Milliseconds: from OPEN of the agent until it was sent to a connector; then until the connector answered; then the server's own part. */
  ConnectorZENSetupTime: z.number(),
  ConnectionSetupTime: z.number(),
  ServerSetupTime: z.number(),
  /** Milliseconds since 1970; 0: not yet. */
  TimestampConnectionStart: z.int(),
  TimestampConnectionEnd: z.int(),
  TimestampZENFirstRxClient: z.int(),
  TimestampZENLastRxClient: z.int(),
  TimestampZENFirstTxClient: z.int(),
  TimestampZENLastTxClient: z.int(),
  /** Bytes from the client, and to it. */
  ZENTotalBytesRxClient: z.int(),
  ZENTotalBytesTxClient: z.int(),
  /** What the connector read on the control connection, the newest last; bounded. */
  Events: z.array(z.object({ at: z.int(), text: z.string().max(1_024) })).max(200),
})
export type StreamReport = z.output<typeof streamReport>

export const edgeSays = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: text, addresses: z.array(text).max(16).readonly() }),
  z.object({
    type: z.literal('alive'),
    streams: z.int(),
    agents: z.int(),
    connectors: z.int(),
    bytesPerSecond: z.number(),
    cpu: z.number(),
    residentBytes: z.int(),
    refusedLinks: z.int(),
  }),
  /**
   * New or changed streams, each whole; at most every second. After `hello`, all that are open are told, and whatever ended since the
   * link before, in as many messages as it takes; the first `connected` ends the list: what the log has open of this edge and was not
   * told is then closed with EDG_LOST.
   */
  z.object({ type: z.literal('streams'), streams: z.array(streamReport).max(1_000).readonly() }),
  /** Who is connected, whole, when it changes. */
  z.object({
    type: z.literal('connected'),
    connectors: z
      .array(
        z.object({
          id: text,
          address: text,
          privateAddress: text,
          since: z.int(),
          version: text,
          streams: z.int(),
          bytesPerSecond: z.number(),
          cpu: z.number(),
          residentBytes: z.int(),
          roundTripMs: z.number().optional(),
          health: z
            .array(
              z.object({
                segment: text,
                host: text,
                port: z.int(),
                state: z.enum(['up', 'down', 'unknown']),
                ms: z.number().optional(),
                text: z.string().max(500).optional(),
                at: z.int(),
              }),
            )
            .max(1_000)
            .readonly(),
        }),
      )
      .max(1_000)
      .readonly(),
    agents: z
      .array(
        z.object({
          id: text,
          user: text,
          device: text,
          address: text,
          privateAddress: text,
          since: z.int(),
          version: text,
          platform: text,
          streams: z.int(),
          signInExpiresAt: z.int(),
        }),
      )
      .max(20_000)
      .readonly(),
  }),
  /** An enrolment or sign-in of somebody who came to the edge, to be answered with `relayed`. */
  z.object({ type: z.literal('relay'), id: z.int(), from: text, request: enrolRequest }),
  /** A member that is connected asks for a certificate anew; `serial` is that of the certificate that its link stands on. */
  z.object({ type: z.literal('relay-renew'), id: z.int(), member: text, serial: text, csr: pem }),
  /** Who is that user: to be answered with `identity`, and again whenever it changes. */
  z.object({ type: z.literal('who'), user: text }),
  /** What an administrator should know of this edge, such as a port of a publication that cannot be bound. */
  z.object({ type: z.literal('warning'), code: z.string().max(64), text: z.string().max(2_000) }),
  renew,
])
export type EdgeSays = z.output<typeof edgeSays>

export const controllerSays = z.discriminatedUnion('type', [
  /** The whole configuration; see `AccessConfig`. Checked by the schemas of the model. */
  z.object({ type: z.literal('config'), config: z.unknown() }),
  /** All edges' addresses, all members that count, and how the edge behaves. */
  z.object({
    type: z.literal('members'),
    edges: z.array(text).max(64).readonly(),
    /**
     * Serial numbers that are valid, by member. Who is not in it is refused, and cut at once. Who comes with another serial is refused;
     * a link that stood before its member renewed lives on until its own certificate ends, so that a renewal breaks no stream. Agents
     * are in it, too.
     */
    valid: z
      .array(
        z.object({
          id: text,
          kind: memberKind,
          name: text,
          serial: text,
          /** Counts too, for some minutes after a renewal: the answer may have been lost. */
          previousSerial: text.optional(),
          connectorGroup: text.optional(),
          draining: z.boolean(),
          user: text.optional(),
          labels: z.array(text).max(32).readonly().optional(),
          expiresAt: z.int(),
        }),
      )
      .max(100_000)
      .readonly(),
    draining: z.boolean(),
    graceMs: z.int(),
    idleMs: z.int(),
  }),
  z.object({
    type: z.literal('identity'),
    user: text,
    found: z.boolean(),
    groups: z.array(text).max(1_000).readonly(),
  }),
  z.object({ type: z.literal('relayed'), id: z.int(), reply: enrolReply }),
  /** Ends a stream, or all of a session, or all of a user. */
  z.object({
    type: z.literal('kick'),
    connection: text.optional(),
    session: text.optional(),
    user: text.optional(),
  }),
  z.object({ type: z.literal('alive') }),
  renewed,
])
export type ControllerSays = z.output<typeof controllerSays>
