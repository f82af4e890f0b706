import { isIP } from 'node:net'

/** A value of a flag, or what is wrong with it. The value is repeated by whoever shows the message, unless it is secret. */
export type FlagValue<T> = { readonly value: T } | { readonly wrong: string }

/** `127.0.0.1:2121`, `[::1]:2121`, `localhost:2121`, or a port alone for every IPv4 address. Port 0 is any free one. */
export function parseHostPort(text: string): FlagValue<{ host: string; port: number }> {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:[\]]*):)?(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? (plain || '0.0.0.0')
  const port = Number(digits)
  if (digits === undefined || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
    return { wrong: 'must be HOST:PORT such as 127.0.0.1:2121 or [::1]:2121, with a port from 0 to 65535' }
  }
  return { value: { host, port } }
}

/** Where the web console listens: as {@link parseHostPort}, with a port alone for this machine only; or `off`. */
export function parseConsole(text: string): FlagValue<{ host: string; port: number } | 'off'> {
  if (text === 'off') return { value: 'off' }
  const place = parseHostPort(/^\d+$/.test(text) ? `127.0.0.1:${text}` : text)
  return 'wrong' in place ? { wrong: `${place.wrong}; or off` } : place
}

/** `61000:1024`: base port and number of ports. Whether they are allowed is said by the schema. */
export function parsePorts(text: string): FlagValue<{ basePort: number; numberOfPorts: number }> {
  const [, base, count] = /^(\d{1,9}):(\d{1,9})$/.exec(text) ?? []
  if (base === undefined) {
    return { wrong: 'must be BASE:COUNT, the first port and the number of ports, such as 61000:1024' }
  }
  return { value: { basePort: Number(base), numberOfPorts: Number(count) } }
}

/** A user of the command line. */
export interface FlagUser {
  readonly name: string
  readonly password: string
  readonly readOnly: boolean
}

/** `NAME:PASSWORD` or `NAME:PASSWORD:ro`. A password may hold colons. */
export function parseUser(text: string): FlagValue<FlagUser> {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  const readOnly = rest.endsWith(':ro')
  const password = readOnly ? rest.slice(0, -':ro'.length) : rest
  if (colon < 1 || password === '') {
    return { wrong: 'must be NAME:PASSWORD, or NAME:PASSWORD:ro for reading only' }
  }
  return { value: { name: text.slice(0, colon), password, readOnly } }
}

/** A passive address rule of the command line. */
export interface FlagRule {
  readonly userClass: string
  readonly address: string
  readonly clients?: string
}

/** `CLASS=ADDRESS` or `CLASS=ADDRESS@NETWORK`. */
export function parsePassiveRule(text: string): FlagValue<FlagRule> {
  const [, userClass, address, clients] = /^([^=]+)=([^=@]+)(?:@([^@]+))?$/.exec(text) ?? []
  if (userClass === undefined || address === undefined) {
    return {
      wrong:
        "must be CLASS=ADDRESS or CLASS=ADDRESS@NETWORK, such as '*=203.0.113.7' or 'staff=local@10.0.0.0/8'",
    }
  }
  return { value: { userClass, address, ...(clients !== undefined && { clients }) } }
}

/** Digits as a number; anything else as it is, for the schema to say what is wrong. */
export function numberOrText(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}
