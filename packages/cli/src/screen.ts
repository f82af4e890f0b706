import { isIP } from 'node:net'

/** What the screen of a start tells. */
export interface ScreenFacts {
  readonly addresses: readonly Address[]
  /** An address of this machine that others can reach, if it has one. */
  readonly reachable: string | undefined
  readonly user: { readonly name: string; readonly home: string } | undefined
  /** Told once, when it was made. */
  readonly password: string | undefined
  readonly config: string
  /** A file to try an upload with. */
  readonly sample: string | undefined
  /** Where the web console is. */
  readonly console?: string
  /** The link that makes the first administrator. */
  readonly setup?: string
  /** Whether there is a certificate that nobody has signed. */
  readonly selfSigned: boolean
}

/** Where a server accepts. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly tls: 'off' | 'optional' | 'required' | 'implicit'
}

/** The URL of a listener: `ftp://127.0.0.1:2121`, and `ftps://` where TLS begins with the first byte. */
export function listenerUrl({ host, port, tls }: Address, login = ''): string {
  const shown = isIP(host) === 6 ? `[${host}]` : host
  return `${tls === 'implicit' ? 'ftps' : 'ftp'}://${login}${shown}:${port}`
}

/** What a person sees who started a server without saying more: the address, the user, the files, a line to try it. */
export function startScreen(facts: ScreenFacts): string[] {
  const [address] = facts.addresses
  if (address === undefined) return []
  const near = { ...address, host: fromHere(address.host) }
  const isWide = near.host !== address.host
  const far =
    isWide && facts.reachable !== undefined ? listenerUrl({ ...address, host: facts.reachable }) : undefined
  const rows = [
    ['Address', `${listenerUrl(near)}${far === undefined ? '' : `   (from other machines: ${far})`}`],
    ...(facts.user === undefined ? [] : [['User', facts.user.name]]),
    ...(facts.password === undefined ? [] : [['Password', `${facts.password}   (shown only this once)`]]),
    ...(facts.user === undefined ? [] : [['Files', facts.user.home]]),
    ['Settings', facts.config],
    ...consoleRows(facts),
    ...(facts.user === undefined ? [] : [['Try it', tryLine(facts, near, facts.user.name)]]),
  ]
  return [
    '',
    'Portolan serves files by FTP and FTPS.',
    '',
    ...rows.map(([name = '', text]) => `  ${name.padEnd(10)}${text}`),
    '',
  ]
}

function consoleRows({ console, setup }: ScreenFacts): string[][] {
  if (setup !== undefined) return [['Console', `${setup}   (makes the administrator; works once)`]]
  return console === undefined ? [] : [['Console', console]]
}

/** Without a password in the line, curl asks for it. */
function tryLine({ password, sample, selfSigned }: ScreenFacts, address: Address, user: string): string {
  const login = password === undefined ? user : `${user}:${password}`
  const tls =
    address.tls === 'off'
      ? []
      : [...(address.tls === 'implicit' ? [] : ['--ssl-reqd']), ...(selfSigned ? ['-k'] : [])]
  const upload = sample === undefined ? [] : ['-T', sample]
  return ['curl', ...tls, ...upload, '-u', login, `${listenerUrl(address)}/`].join(' ')
}

function fromHere(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
