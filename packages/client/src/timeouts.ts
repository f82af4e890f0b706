/** Every bound on a wait, in milliseconds. */
export interface Timeouts {
  /** From the first SYN to a control connection that stands, proxy included. Default 15,000. */
  readonly connect: number
  /** From there to the greeting; servers that look names up are slow. Default 30,000. */
  readonly greeting: number
  /** The TLS handshake of the control connection. Default 15,000. */
  readonly tls: number
  /** Each reply. While data moves it is not counted. Default 60,000. */
  readonly reply: number
  /** Dialling a passive port, and its TLS handshake. Default 10,000. */
  readonly dataConnect: number
  /** Dialling a passive port in a way not proved yet while another is left to try. Default 4,000. */
  readonly dataProbe: number
  /** Waiting for the server to dial in active mode. Default 30,000. */
  readonly accept: number
  /** The 1yz of an upload: after that its bytes are sent without it. Default 5,000. */
  readonly begin: number
  /** Silence on a data connection. Default 60,000. */
  readonly dataIdle: number
  /** From the end of the data to the final reply. Default 60,000. */
  readonly completion: number
  /** How long the reply may take that explains a data connection that broke. Default 3,000. */
  readonly explanation: number
  /** From QUIT to the server's end, in the background. Default 2,000. */
  readonly quit: number
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 15_000,
  greeting: 30_000,
  tls: 15_000,
  reply: 60_000,
  dataConnect: 10_000,
  dataProbe: 4_000,
  accept: 30_000,
  begin: 5_000,
  dataIdle: 60_000,
  completion: 60_000,
  explanation: 3_000,
  quit: 2_000,
}
