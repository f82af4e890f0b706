import { type FtpUrl, looksLikeUrl, parseFtpUrl } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { isSiteName, type Site, type Sites } from './sites-file.ts'

/** Something on a server, as it was named on the command line. */
export interface Target {
  readonly url: FtpUrl
  /** The stored site that was named in place of a URL. */
  readonly site?: Site & { readonly name: string }
}

/** Whether a word of the command line means something on a server: a URL, or `SITE:`. `./a:b` is a local file. */
export function isRemote(text: string): boolean {
  return looksLikeUrl(text) || siteIn(text) !== undefined
}

/**
 * Reads a URL or `SITE:PATH`. The path behind a site is as it stands, without percent-encoding, and relative to the
 * site's folder unless it begins with `/`.
 *
 * @throws {UserError} or `FtpError` with what is allowed
 */
export function readTarget(text: string, sites: Sites): Target {
  const named = siteIn(text)
  if (named === undefined) {
    if (!looksLikeUrl(text) && sites.has(text))
      throw new UserError(`${text} is a site: write ${text}: for its folder, or ${text}:PATH`)
    return { url: parseFtpUrl(text) }
  }
  const { name, path } = named
  const site = sites.get(name)
  if (!site) {
    const known = [...sites.keys()].toSorted().join(', ')
    const have = known === '' ? 'none is stored' : `there are ${known}`
    throw new UserError(`There is no site ${name}: ${have}. A local file of that name is ./${text}`)
  }
  const url = parseFtpUrl(site.url)
  return { url: { ...url, path: joinRemote(url.path, path) }, site: { ...site, name } }
}

/** A path as meant from a folder. An absolute one stays what it is; an empty folder is that of the login. */
export function joinRemote(folder: string, path: string): string {
  if (path === '') return folder
  if (path.startsWith('/') || folder === '') return path
  return folder.endsWith('/') ? folder + path : `${folder}/${path}`
}

function siteIn(text: string): { name: string; path: string } | undefined {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(0, colon))
  if (looksLikeUrl(text) || !isSiteName(name)) return undefined
  return { name, path: text.slice(colon + 1) }
}
