/** `192.0.2.1:5000` and `[2001:db8::1]:5000`; undefined for anything else. */
export function parseEndpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const parts = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text)
  const [, address, port] = parts ?? []
  return address === undefined || port === undefined ? undefined : { address, port: Number(port) }
}
