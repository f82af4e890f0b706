/** How the control connection is protected. */
export type Tls = 'none' | 'explicit' | 'implicit'

/** The command by which a data connection is agreed on. */
export type DataCommand = 'EPSV' | 'PASV' | 'EPRT' | 'PORT'

/** IP version of both connections. */
export type Family = 4 | 6

/** Who listens for the data connection, and the command that says where. */
export type DataWay =
  | { readonly mode: 'passive'; readonly command: 'EPSV' | 'PASV' }
  | { readonly mode: 'active'; readonly command: 'EPRT' | 'PORT' }

/** Where a client connects, as whom and how. A client must refuse what it cannot do rather than do something else. */
export type Target = DataWay & {
  /** IPv4 or IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly tls: Tls
  /** PEM file of the only certificate to trust, where `tls` is not `none`. */
  readonly certificate?: string
  /** Folder for what the client wants to keep: debug logs, its own settings. */
  readonly scratch: string
  /** What starts the client, such as `ip netns exec NAME`; default nothing. */
  readonly launcher?: readonly string[]
}

/**
 * A client at work. Local names are absolute paths, remote ones are paths from the user's `/`.
 * Every method rejects with what the client printed when the client says that it failed.
 */
export interface Client extends AsyncDisposable {
  /** Commands that went to the server, oldest first, as the client's own debug output shows them. */
  readonly sent: readonly string[]
  upload(local: string, remote: string): Promise<void>
  download(remote: string, local: string): Promise<void>
  /** Goes on after the bytes that the local file has. */
  resumeDownload(remote: string, local: string): Promise<void>
  /** Goes on after the bytes that the remote file has. */
  resumeUpload(local: string, remote: string): Promise<void>
  /** The names in a folder. */
  list(folder: string): Promise<readonly string[]>
  rename(from: string, to: string): Promise<void>
  remove(remote: string): Promise<void>
}

/** A client program or library, what it can do, and how it is run. */
export interface ClientKind {
  readonly name: string
  /** Where it comes from: `curl (Debian)`. */
  readonly package: string
  readonly tls: readonly Tls[]
  readonly commands: Readonly<Record<Family, readonly DataCommand[]>>
  /** Whether this version fails at a combination of the above, by a fault that `cannot` names. */
  fails?(way: DataWay & { readonly tls: Tls }, version: string): boolean
  /** What it cannot do, in words, for the people who wonder why a row is missing. */
  readonly cannot: readonly string[]
  /** Where it cannot upload a file of no bytes, by a fault that `cannot` names. Absent: it always can. */
  readonly noEmptyUpload?: readonly Tls[]
  /** Whether its data connections can resume the TLS session of the control connection. */
  readonly reusesSessions: boolean
  /** Undefined when it is not installed. */
  version(): Promise<string | undefined>
  connect(target: Target): Promise<Client>
}

/** The whole way of a data command. */
export function dataWay(command: DataCommand): DataWay {
  return command === 'EPSV' || command === 'PASV' ? { mode: 'passive', command } : { mode: 'active', command }
}

/** An address as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** Nothing to close: of a client whose every call is a process of its own. */
export const nothingToClose = async (): Promise<void> => {}

/** First group of a pattern in a text, such as a version in the line that names it. */
export function firstMatch(pattern: RegExp, text: string): string | undefined {
  return pattern.exec(text)?.[1]
}

/** The options by which a client's program is started where its target says. */
export const runIn = ({ launcher }: Target): { readonly launcher?: readonly string[] } =>
  launcher === undefined ? {} : { launcher }
