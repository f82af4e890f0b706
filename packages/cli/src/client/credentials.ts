import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FtpUrl } from '@portolan/client'
import { UserError } from '../user-error.ts'
import type { ConnectionFlags } from './client-flags.ts'
import { type ClientIo, homeOf } from './client-io.ts'
import { findLogin, type NetrcEntry, parseNetrc } from './netrc.ts'
import type { Site } from './sites-file.ts'

/** Who logs in. Absent fields are left to the client: nobody in particular. */
export interface Credentials {
  readonly user?: string
  readonly password?: string
  readonly account?: string
}

/** What credentials are looked up by. */
export interface CredentialAsk {
  readonly url: FtpUrl
  readonly site?: Site
  readonly flags: ConnectionFlags
  readonly io: ClientIo
  /** Asks the person; undefined where there is none. */
  prompt(question: string): Promise<string | undefined>
  /** Told what is not as safe as it should be. */
  warn(text: string): void
}

const ANONYMOUS = new Set(['anonymous', 'ftp'])
const OTHERS = 0o077

/**
 * Finds user and password. The user: `--user`, the URL, .netrc, nobody. The password: the URL, `--password-file`,
 * `PORTOLAN_PASSWORD`, the stored site, .netrc, the person at the terminal.
 *
 * @throws {UserError} when a named user has no password anywhere
 */
export async function findCredentials(ask: CredentialAsk): Promise<Credentials> {
  const { url, flags, io } = ask
  if (flags.user?.includes(':'))
    throw new UserError('--user is the name alone; a password comes from --password-file, .netrc or a prompt')
  const named = flags.user ?? url.user
  const sameUser = flags.user === undefined || flags.user === url.user
  const given = sameUser ? url.password : undefined
  const account = flags.account === undefined ? {} : { account: flags.account }
  if (named !== undefined && given !== undefined) return { user: named, password: given, ...account }
  if (flags.passwordFile !== undefined) {
    if (named === undefined)
      throw new UserError('--password-file goes with a user: give --user, or one in the URL')
    return { user: named, password: await readPasswordFile(resolve(io.cwd, flags.passwordFile)), ...account }
  }
  if (named !== undefined && ANONYMOUS.has(named)) return { user: named, ...account }
  // Never for nobody in particular: it would be sent to any server as the address of an anonymous user.
  const byVariable = io.env.PORTOLAN_PASSWORD
  if (named !== undefined && byVariable) return { user: named, password: byVariable, ...account }
  const stored = sameUser ? ask.site?.password : undefined
  if (named !== undefined && stored !== undefined) return { user: named, password: stored, ...account }
  const entry = flags.netrc === false ? undefined : await lookUpNetrc(ask, named)
  const user = named ?? entry?.login
  if (user === undefined) return account
  const about = { user, ...(entry?.account !== undefined && { account: entry.account }), ...account }
  if (entry?.password !== undefined) return { ...about, password: entry.password }
  if (ANONYMOUS.has(user)) return about
  const typed = await ask.prompt(`Password of ${user} at ${url.host} (not shown): `)
  if (typed === undefined)
    throw new UserError(
      `There is no password for ${user} at ${url.host}: give it by --password-file, PORTOLAN_PASSWORD, ~/.netrc or a stored site`,
    )
  return { ...about, password: typed }
}

async function readPasswordFile(path: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError(`The password cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line === '') throw new UserError(`The first line of ${path} is empty: it has to be the password`)
  return line
}

async function lookUpNetrc(
  { url, flags, io, warn }: CredentialAsk,
  user: string | undefined,
): Promise<NetrcEntry | undefined> {
  const asked = flags.netrcFile
  const path = asked === undefined ? join(homeOf(io.env), '.netrc') : resolve(io.cwd, asked)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (asked !== undefined)
      throw new UserError(`--netrc-file cannot be read: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
  const netrc = parseNetrc(text)
  for (const problem of netrc.problems) warn(`${path}: ${problem}`)
  const entry = findLogin(netrc, url.host, user)
  if (
    entry?.password !== undefined &&
    !ANONYMOUS.has(entry.login ?? '') &&
    ((await stat(path)).mode & OTHERS) !== 0
  )
    warn(`${path} holds passwords and others can read it: run chmod 600 ${path}`)
  return entry
}
