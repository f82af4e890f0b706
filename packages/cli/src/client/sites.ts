import { FtpError, type FtpUrl, formatFtpUrl, parseFtpUrl } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { type ConnectionFlags, connectionFlagsIn } from './client-flags.ts'
import type { ClientIo } from './client-io.ts'
import { sitesPath } from './client-options.ts'
import { findCredentials } from './credentials.ts'
import { CLIENT_EXIT } from './exit-codes.ts'
import { readFlagOptions } from './flag-options.ts'
import { promptPassword } from './password-prompt.ts'
import { isSiteName, readSites, type Site, type Sites, writeSites } from './sites-file.ts'

/** The flags of `portolan sites add`. */
export interface AddSiteFlags extends ConnectionFlags {
  readonly savePassword?: boolean
  readonly replace?: boolean
}

/** `portolan sites add NAME URL`: stores a URL and the flags beside it under a name. */
export async function addSite(
  name: string,
  text: string,
  flags: AddSiteFlags,
  io: ClientIo,
): Promise<number> {
  if (!isSiteName(name))
    throw new UserError(
      `${JSON.stringify(name)} cannot be the name of a site: use two or more of A-Z, a-z, 0-9, dot, _ and -, a letter or digit first`,
    )
  const path = sitesPath(io.env)
  const sites = await readSites(path)
  if (sites.has(name) && !flags.replace)
    throw new UserError(`There is a site ${name} already: --replace stores this one in its place`)
  const url = parseFtpUrl(text)
  if (url.type) throw new FtpError('FTP_SETTING', 'A site has no ;type=.', { phase: 'settings' })
  const stored = connectionFlagsIn(flags)
  // What could not be used later is better said now.
  readFlagOptions(stored, io.cwd)
  const { user: flagUser, passwordFile, ...rest } = stored
  const user = flagUser ?? url.user
  const password = flags.savePassword ? await passwordOf(url, stored, io) : undefined
  const site: Site = {
    url: formatFtpUrl({ ...url, ...(user !== undefined && { user }) }),
    ...(password !== undefined && { password }),
    flags: { ...rest, ...(passwordFile !== undefined && !flags.savePassword && { passwordFile }) },
  }
  await writeSites(path, new Map([...sites, [name, site]]))
  io.err(`Stored ${name}: portolan ls ${name}:`)
  if (url.password !== undefined && !flags.savePassword)
    io.err('The password of the URL was not stored: --save-password does so.')
  return CLIENT_EXIT.done
}

/** `portolan sites list`: names and URLs. */
export async function listSites(flags: { readonly json?: boolean }, io: ClientIo): Promise<number> {
  const sites = await readSites(sitesPath(io.env))
  const names = [...sites.keys()].toSorted()
  if (flags.json) {
    for (const name of names) io.out(JSON.stringify({ name, ...masked(get(sites, name)) }))
    return CLIENT_EXIT.done
  }
  const width = Math.max(0, ...names.map(name => name.length))
  for (const name of names) io.out(`${name.padEnd(width)}  ${get(sites, name).url}`)
  if (names.length === 0) io.err('No site is stored: portolan sites add NAME URL stores one.')
  return CLIENT_EXIT.done
}

/** `portolan sites show NAME`: everything that is stored of a site, without its password. */
export async function showSite(
  name: string,
  flags: { readonly json?: boolean },
  io: ClientIo,
): Promise<number> {
  const site = masked(get(await readSites(sitesPath(io.env)), name))
  if (flags.json) {
    io.out(JSON.stringify({ name, ...site }))
    return CLIENT_EXIT.done
  }
  io.out(`url       ${site.url}`)
  if (site.password !== undefined) io.out(`password  ${site.password}`)
  for (const [key, value] of Object.entries(site.flags)) io.out(`flag      ${flagText(key, value)}`)
  return CLIENT_EXIT.done
}

/** `portolan sites remove NAME`. */
export async function removeSite(name: string, io: ClientIo): Promise<number> {
  const path = sitesPath(io.env)
  const sites = await readSites(path)
  get(sites, name)
  await writeSites(path, new Map([...sites].filter(([one]) => one !== name)))
  io.err(`Removed ${name}.`)
  return CLIENT_EXIT.done
}

function get(sites: Sites, name: string): Site {
  const site = sites.get(name)
  if (site) return site
  const known = [...sites.keys()].toSorted().join(', ')
  throw new UserError(`There is no site ${name}: ${known === '' ? 'none is stored' : `there are ${known}`}`)
}

/** Whatever is secret as asterisks; the password of a proxy is one, too. */
function masked({ url, password, flags }: Site): Site {
  const { proxy } = flags
  return {
    url,
    ...(password !== undefined && { password: '****' }),
    flags: {
      ...flags,
      ...(proxy !== undefined && { proxy: proxy.replace(/(\/\/[^/:@]*):.*@/, '$1:****@') }),
    },
  }
}

async function passwordOf(url: FtpUrl, flags: ConnectionFlags, io: ClientIo): Promise<string> {
  const { password } = await findCredentials({
    url,
    // What .netrc has is best left there.
    flags: { ...flags, netrc: false },
    io,
    warn: text => io.err(`warning: ${text}`),
    prompt: question => promptPassword(io, question),
  })
  if (password !== undefined) return password
  throw new UserError('--save-password needs a user that is not anonymous: give one in the URL, or by --user')
}

function flagText(key: string, value: unknown): string {
  const name = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  if (value === true) return `--${name}`
  if (value === false) return `--no-${name}`
  return [value]
    .flat()
    .map(one => `--${name} ${one}`)
    .join(' ')
}
