import { type Command, Option } from 'commander'

/** The flags that say how to connect, as texts. A stored site may hold every one of them. */
export interface ConnectionFlags {
  readonly user?: string
  readonly passwordFile?: string
  readonly account?: string
  readonly netrcFile?: string
  readonly netrc?: boolean
  readonly mode?: string
  readonly pasvAddress?: string
  readonly epsv?: boolean
  readonly externalAddress?: string
  readonly activePorts?: string
  readonly checkPeer?: boolean
  readonly bind?: string
  readonly proxy?: string
  readonly tls?: string
  readonly insecure?: boolean
  readonly ca?: string
  readonly pin?: readonly string[]
  readonly cert?: string
  readonly key?: string
  readonly tlsName?: string
  readonly prot?: string
  readonly ccc?: boolean
  readonly closeNotify?: string
  readonly timeout?: string
  readonly retries?: string
  readonly limit?: string
  readonly noop?: string
  readonly utf8?: boolean
  readonly serverZone?: string
  readonly pipelining?: boolean
}

/** The flags that say what is told of the work. */
export interface OutputFlags {
  readonly json?: boolean
  readonly log?: string
  readonly verbose?: boolean
  readonly quiet?: boolean
}

interface Row {
  readonly flag: string
  readonly text: string
  readonly many?: true
  /** The opposite, which undoes what a stored site says. Not in the help. */
  readonly undo?: string
}

/** Order is the order of the help. */
const CONNECTION: readonly Row[] = [
  { flag: '--user <name>', text: 'name to log in with (default: that of the URL, of .netrc, or anonymous)' },
  { flag: '--password-file <file>', text: 'file whose first line is the password' },
  { flag: '--account <name>', text: 'account, for servers that ask for one (ACCT)' },
  { flag: '--netrc-file <file>', text: 'in place of ~/.netrc' },
  { flag: '--no-netrc', text: 'do not read ~/.netrc', undo: '--netrc' },
  {
    flag: '--mode <passive|active|auto>',
    text: 'who dials data connections; auto: passive first, then active (default: passive)',
  },
  {
    flag: '--pasv-address <control|auto|server|address>',
    text: 'address to dial in passive mode: that of the control connection, the one of PASV where it is routable, always that one, or this one (default: control)',
  },
  { flag: '--no-epsv', text: 'leave EPSV out on IPv4', undo: '--epsv' },
  {
    flag: '--external-address <address>',
    text: 'address to announce in active mode, or "ask" for the one at which the server sees us (default: the local one)',
  },
  { flag: '--active-ports <base:count>', text: 'ports to listen on in active mode (default: any)' },
  {
    flag: '--no-check-peer',
    text: 'let any address connect in active mode, for servers with several',
    undo: '--check-peer',
  },
  { flag: '--bind <address>', text: 'local address of every connection' },
  {
    flag: '--proxy <url>',
    text: 'socks5://[user:password@]host[:port] or http://...; also read from PORTOLAN_PROXY',
  },
  {
    flag: '--tls <off|explicit|implicit>',
    text: 'in place of what the URL says: ftp:// off, ftpes:// explicit, ftps:// implicit',
  },
  { flag: '--insecure', text: 'accept any certificate', undo: '--no-insecure' },
  { flag: '--ca <file>', text: 'authorities to trust, PEM, in place of the usual ones' },
  {
    flag: '--pin <fingerprint>',
    text: 'accept this certificate alone, by SHA-256 of it or of its public key',
    many: true,
  },
  { flag: '--cert <file>', text: 'certificate of the client, PEM' },
  { flag: '--key <file>', text: 'private key of --cert, PEM' },
  { flag: '--tls-name <name>', text: 'name that the certificate must carry (default: the host)' },
  {
    flag: '--prot <private|clear>',
    text: 'protection of data connections under TLS (default: private)',
  },
  { flag: '--ccc', text: 'leave TLS on the control connection after the login, for NAT', undo: '--no-ccc' },
  {
    flag: '--close-notify <required|size|optional>',
    text: 'whether TLS of data must end properly; size: or all bytes be there (default: size)',
  },
  {
    flag: '--timeout <s>',
    text: 'longest wait for a connection, a reply, or the next byte, in seconds (default: 10 to 60 by kind)',
  },
  { flag: '--retries <n>', text: 'tries after one that failed (default: 3)' },
  { flag: '--limit <rate>', text: 'bytes per second of all transfers together, such as 500kB or 2MiB' },
  { flag: '--noop <s>', text: 'seconds between NOOPs during transfers (default: none)' },
  { flag: '--no-utf8', text: 'do not agree on UTF-8 names', undo: '--utf8' },
  {
    flag: '--server-zone <minutes>',
    text: "how far the server's clock is ahead of UTC, for LIST (default: found out)",
  },
  {
    flag: '--no-pipelining',
    text: 'never send a command before the last one is answered',
    undo: '--pipelining',
  },
]

const OUTPUT: readonly Row[] = [
  { flag: '--json', text: 'one JSON object per event on standard output' },
  { flag: '--log <file>', text: 'append everything that happens as JSON lines; never passwords' },
  { flag: '-v, --verbose', text: 'show the dialogue with the server' },
  { flag: '-q, --quiet', text: 'tell errors alone' },
]

/** Puts the flags of every connection on a command. */
export function addConnectionFlags(command: Command): Command {
  return addRows(command.optionsGroup('Connection:'), CONNECTION)
}

/** Puts `--json`, `--log`, `-v` and `-q` on a command. */
export function addOutputFlags(command: Command): Command {
  return addRows(command.optionsGroup('Output:'), OUTPUT)
}

const KEYS = new Set(CONNECTION.map(({ flag }) => keyOf(flag)))

/** The flags among these that say how to connect. */
export function connectionFlagsIn(flags: object): ConnectionFlags {
  return Object.fromEntries(Object.entries(flags).filter(([key]) => KEYS.has(key)))
}

function keyOf(flag: string): string {
  return new Option(flag).attributeName()
}

function addRows(command: Command, rows: readonly Row[]): Command {
  for (const { flag, text, many, undo } of rows) {
    // First, so that commander gives the negated one no default: an absent flag must not win over that of a site.
    if (undo) command.addOption(new Option(undo).hideHelp())
    if (many) command.option(flag, `${text}; may be repeated`, collect)
    else command.option(flag, text)
  }
  return command
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]
