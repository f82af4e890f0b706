/** Certificates that the fake server can show: `signed` is right, the others are wrong in one way each. */
export type CertificateName = 'signed' | 'other-name' | 'self-signed' | 'expired'

/**
 * One thing that the server does. In texts, `{arg}` is the argument of the command, `{port}` the port of the last
 * `listen`, `{pasv}` the six numbers of its address and port, `{p}` the last two of them; `{filtered}` and `{f}` are a port
 * that answers nobody, and its two numbers. `213 {size}` tells the bytes of the named file, or 550.
 * `{utc}` is an hour ago as MDTM tells it, and `{now}` the same on a clock that is two hours ahead, as LIST does.
 */
export type Action =
  /** A reply; CRLF is added. */
  | string
  /** Bytes as they are (Latin-1): several lines or less than one. */
  | { readonly raw: string }
  /** Bytes one by one, each in a segment of its own. */
  | { readonly drip: string }
  /** A text again and again, until the client has gone or so many times. */
  | { readonly flood: string; readonly times: number; readonly everyMs?: number }
  | { readonly wait: number }
  /** Until a line that begins so has come, or what begins so and is no line yet. */
  | { readonly until: string }
  /** Opens a port for the data connection. Default: on the server's own address. */
  | { readonly listen: string | true }
  /** Dials where PORT or EPRT said, from this address. */
  | { readonly dial: string | true }
  /** Somebody at this address dials there too, and says something; how that ends does not matter. */
  | { readonly stranger: string }
  /** Waits for the client on the port of the last `listen`. */
  | { readonly accept: true }
  /** Closes the port of the last `listen`; who has come is reset. */
  | { readonly unlisten: true }
  | { readonly data: DataAction }
  /** How the control connection ends. */
  | { readonly control: 'fin' | 'reset' }
  /** The server's side of the handshake on the control connection. */
  | { readonly handshake: CertificateName }
  /** Beside all that follows, also in answers to later commands. */
  | { readonly meanwhile: readonly Action[] }
  /** What the server would do without its script. */
  | { readonly usual: true }

/** Something done to the data connection that stands. Ends of it are FIN after close_notify, where TLS is on. */
export type DataAction =
  /** TLS where PROT P was said, as every transfer begins. `fresh` takes no ticket. */
  | { readonly secure: CertificateName | 'fresh' }
  /** Bytes of the file that was asked for, from the byte of REST or `from`, to before `to`. */
  | { readonly file: true; readonly from?: number; readonly to?: number }
  /** Text (Latin-1). */
  | { readonly send: string }
  /** A text again and again until the client has gone. */
  | { readonly endless: string }
  /** Takes what comes, so many bytes or all, as the file that was named, from the byte of REST on. */
  | { readonly receive: number | 'all' }
  /** Raw bytes below TLS. */
  | { readonly under: string }
  | { readonly end: 'clean' | 'no-notify' | 'reset' }

/** What the server does for one command. `[]`: nothing, not even a reply. */
export type Answer = readonly Action[]

/** The answers to the first, the second use of a command..., over all connections; the last goes on. */
export interface Turns {
  readonly turns: readonly Answer[]
}

/** A dialogue as data: what differs from a server that does everything right. */
export interface Script {
  /** Default 127.0.0.1. */
  readonly address?: string
  /** TLS from the first byte. */
  readonly implicit?: CertificateName
  /** Answers by `VERB argument`, or `VERB` alone. `GREETING` is what comes first. */
  readonly on?: Readonly<Record<string, Answer | Turns>>
  /** Lines of FEAT. Default: {@link FEATURES}. */
  readonly features?: readonly string[]
  /** The files of the server by name; numbers are so many bytes of {@link bytesOf}. */
  readonly files?: Readonly<Record<string, number | string>>
  /** Commands that are answered at once, also while another's answer is under way. */
  readonly eager?: readonly string[]
  /** Said when a data connection broke; what was left of the answer is not done. Default 426. */
  readonly onBreak?: Answer
  /** Data connections have to resume the session of the control connection; 522 otherwise. */
  readonly requireReuse?: boolean
}

export const FEATURES: readonly string[] = ['EPSV', 'MDTM', 'REST STREAM', 'SIZE', 'UTF8']

/** What the server would do without its script. */
export const USUAL: Action = { usual: true }

export const inTurn = (...turns: readonly Answer[]): Turns => ({ turns })

/** Content that tells where it comes from: no two offsets of a file look alike for long. */
export function bytesOf(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 17 + (i >> 16) * 7) & 0xff
  return bytes
}
