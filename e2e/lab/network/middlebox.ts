/** What a middlebox does with a line: hands on another one, answers it itself, keeps it, or ends both connections. */
export type Handling =
  | { readonly forward: string }
  | { readonly answer: string }
  | { readonly keep: true }
  | { readonly reset: true }

/** A box that reads along on the control connection while it is in the clear. Lines come without their CRLF. */
export interface Middlebox {
  /** What it does to a line of the server; undefined: nothing. */
  onServerLine?(line: string): Handling | undefined
  /** What it does to a line of the client; undefined: nothing. */
  onClientLine?(line: string): Handling | undefined
}

/** An address of TEST-NET-1 (RFC 5737): nobody answers there. */
export const WRONG_ADDRESS = '192.0.2.99'
/** How far a box that rewrites the port is off. */
const WRONG_PORT_BY = 1_000

const PASSIVE_REPLY = /^(227 .*?)(\d+,\d+,\d+,\d+),(\d+),(\d+)(.*)$/
const PORT_COMMAND = /^PORT \d+,\d+,\d+,\d+,(\d+,\d+)$/i
const HIDDEN_FEATURES = /^ (AUTH|PBSZ|PROT|EPSV|EPRT|MLST|TVFS)\b/i

/** Behaviours that are told of real boxes. All are blind once TLS has begun. */
export const MIDDLEBOXES = {
  /** Puts a wrong address into the reply to PASV, as a gateway with an outdated external address does. */
  'rewrites-pasv-address': {
    onServerLine: line => rewritePassive(line, (_, port) => ({ address: WRONG_ADDRESS, port })),
  },
  /** Announces a port that it never opens. */
  'rewrites-pasv-port': {
    onServerLine: line => rewritePassive(line, (address, port) => ({ address, port: port - WRONG_PORT_BY })),
  },
  /** Puts a wrong address into PORT: a server that checks it refuses. */
  'rewrites-port': {
    onClientLine: line => {
      const [, port] = PORT_COMMAND.exec(line) ?? []
      return port === undefined ? undefined : { forward: `PORT ${commas(WRONG_ADDRESS)},${port}` }
    },
  },
  /** Takes what it does not know out of the reply to FEAT. */
  'strips-feat': {
    onServerLine: line => (HIDDEN_FEATURES.test(line) ? { keep: true } : undefined),
  },
  /** Answers AUTH itself, as application gateways do that insist on reading along. */
  'blocks-auth': {
    onClientLine: line => (/^AUTH\b/i.test(line) ? { answer: '500 Command not understood' } : undefined),
  },
  /** Knows PASV only. */
  'blocks-epsv': {
    onClientLine: line => (/^EPSV\b/i.test(line) ? { answer: '500 Command not understood' } : undefined),
  },
  /** Hides what the greeting says, as inspection by Cisco does. */
  'masks-banner': {
    onServerLine: line =>
      line.startsWith('220') ? { forward: line.slice(0, 4) + line.slice(4).replace(/\S/g, '*') } : undefined,
  },
  /** Resets the control connection at AUTH, as stateful inspection does that cannot follow it. */
  'kills-tls': {
    onClientLine: line => (/^AUTH\b/i.test(line) ? { reset: true } : undefined),
  },
  /** Resets the control connection at the reply to PASV. */
  'kills-pasv': {
    onServerLine: line => (line.startsWith('227') ? { reset: true } : undefined),
  },
} as const satisfies Record<string, Middlebox>

export type MiddleboxName = keyof typeof MIDDLEBOXES

export function isMiddlebox(name: string): name is MiddleboxName {
  return Object.hasOwn(MIDDLEBOXES, name)
}

interface Endpoint {
  readonly address: string
  readonly port: number
}

function rewritePassive(
  line: string,
  change: (address: string, port: number) => Endpoint,
): Handling | undefined {
  const [, before, host, high, low, behind] = PASSIVE_REPLY.exec(line) ?? []
  if (host === undefined) return undefined
  const { address, port } = change(host.replaceAll(',', '.'), Number(high) * 256 + Number(low))
  return { forward: `${before}${commas(address)},${port >> 8},${port & 255}${behind}` }
}

/** An address as PORT and PASV write it. */
function commas(address: string): string {
  return address.replaceAll('.', ',')
}
