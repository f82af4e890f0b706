import { join } from 'node:path'
import { type ClientOptions, type FtpUrl, looksLikeUrl, maskUrl } from '@portolan/client'
import { type ConnectionFlags, connectionFlagsIn } from './client-flags.ts'
import { type ClientIo, userFolder } from './client-io.ts'
import { findCredentials } from './credentials.ts'
import { readFlagOptions } from './flag-options.ts'
import { promptPassword } from './password-prompt.ts'
import { readSites } from './sites-file.ts'
import { readTarget, type Target } from './target.ts'

/** How to reach something on a server. */
export interface Connection {
  /** All but `onEvent`. */
  readonly options: ClientOptions
  /** The path that the URL names: absolute, or meant from the folder of the login. Empty: that folder. */
  readonly path: string
  /** `;type=` of the URL. */
  readonly type?: NonNullable<FtpUrl['type']>
}

/** What reading a connection needs. */
export interface ConnectionContext {
  /** Others than those of connections may be among them. */
  readonly flags: ConnectionFlags
  readonly io: ClientIo
  /** Told what is not as safe as it should be. Default: written to standard error. */
  warn?(text: string): void
}

/** Where the stored sites of this user lie. */
export function sitesPath(env: ClientIo['env']): string {
  return join(userFolder(env, 'config'), 'sites.json')
}

/**
 * Turns a URL or `SITE:PATH`, with the flags beside it, into options for a client; the flags win over the site, and the
 * site over the defaults. Asks for a password on the terminal when there is no other way to it.
 *
 * @throws {UserError} or `FtpError` with code `FTP_SETTING`: with what is allowed
 */
export async function readConnection(text: string, context: ConnectionContext): Promise<Connection> {
  const target = readTarget(text, await readSites(sitesPath(context.io.env)))
  const { path, type } = target.url
  return { options: await connectionOf(target, context), path, ...(type && { type }) }
}

/** The same for what was read before. */
export async function connectionOf(
  { url, site }: Target,
  { io, ...context }: ConnectionContext,
): Promise<ClientOptions> {
  const warn = context.warn ?? (message => io.err(`warning: ${message}`))
  const flags = { ...site?.flags, ...connectionFlagsIn(context.flags) }
  const { tls = url.tls, ...options } = readFlagOptions(flags, io.cwd)
  const proxy = options.proxy ?? io.env.PORTOLAN_PROXY
  if (process.argv.some(hasPassword)) hideArguments(io, warn)
  const credentials = await findCredentials({
    url,
    ...(site && { site }),
    flags,
    io,
    warn,
    prompt: question => promptPassword(io, question),
  })
  return {
    ...options,
    ...(proxy && { proxy }),
    tls,
    host: url.host,
    ...(url.port !== undefined && { port: url.port }),
    ...credentials,
  }
}

/** Whether a word of the command line is a URL with a password: that of the server, or of a proxy. */
function hasPassword(word: string): boolean {
  return looksLikeUrl(word) && maskUrl(word) !== word
}

/** From here on the list of processes shows no arguments; until here it did, and the history of the shell keeps them. */
function hideArguments(io: ClientIo, warn: (text: string) => void): void {
  process.title = 'portolan'
  if (io.errIsTerminal)
    warn(
      'A password in a URL can be seen by others on this machine: ~/.netrc, --password-file or the prompt keep it safe.',
    )
}
