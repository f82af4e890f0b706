/** One end of a TCP connection. */
export interface Endpoint {
  /** An IP address literal: IPv4, or IPv6 without brackets and in its shortest form. Never a name. */
  readonly address: string
  /** TCP port, 1 to 65535. */
  readonly port: number
}

/** Writes an endpoint as people read it: `192.0.2.1:21`, `[2001:db8::1]:21`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
