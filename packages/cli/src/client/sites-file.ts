import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UserError } from '../user-error.ts'
import type { ConnectionFlags } from './client-flags.ts'

/** A stored site. */
export interface Site {
  /** With the user, without the password. */
  readonly url: string
  readonly password?: string
  readonly flags: ConnectionFlags
}

/** Stored sites by name. */
export type Sites = ReadonlyMap<string, Site>

const VERSION = 1
const OTHERS = 0o077
/** Two characters at least: one and a colon is a drive elsewhere. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]+$/

/** Whether a site may have this name. */
export function isSiteName(name: string): boolean {
  return NAME.test(name)
}

/**
 * Reads the stored sites; none when there is no such file.
 *
 * @throws {UserError} for a file that others can read while it holds passwords, or that is none of ours
 */
export async function readSites(path: string): Promise<Sites> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return new Map()
    throw new UserError(`The stored sites cannot be read: ${messageOf(error)}`)
  }
  const sites = parseSites(text, path)
  const secret = [...sites.values()].some(site => site.password !== undefined)
  if (secret && ((await stat(path)).mode & OTHERS) !== 0)
    throw new UserError(
      `${path} holds passwords and others can read it: run chmod 600 ${path}, and change the passwords if others may have`,
    )
  return sites
}

/** Writes the stored sites, whole or not at all: a file for its owner alone, in a folder for its owner alone. */
export async function writeSites(path: string, sites: Sites): Promise<void> {
  const folder = dirname(path)
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  const text = `${JSON.stringify({ version: VERSION, sites: Object.fromEntries(sites) }, null, 2)}\n`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new UserError(`The stored sites cannot be written: ${messageOf(error)}`)
  }
}

function parseSites(text: string, path: string): Sites {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new UserError(`${path} is no JSON: mend it, or move it away to begin anew`)
  }
  const { version, sites } = isObject(parsed) ? parsed : {}
  if (version !== VERSION || !isObject(sites))
    throw new UserError(`${path} is no file of sites of this version: move it away to begin anew`)
  return new Map(Object.entries(sites).map(([name, value]) => [name, readSite(name, value, path)]))
}

function readSite(name: string, value: unknown, path: string): Site {
  const { url, password, flags = {} } = isObject(value) ? value : {}
  const texts = password === undefined || typeof password === 'string'
  if (typeof url !== 'string' || !texts || !isObject(flags) || !Object.values(flags).every(isFlag))
    throw new UserError(`${path}: the site ${name} cannot be read: remove it, or mend it`)
  return { url, ...(typeof password === 'string' && { password }), flags }
}

/** Flags are stored as they were written on the command line. */
function isFlag(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(one => typeof one === 'string')
  return typeof value === 'string' || typeof value === 'boolean'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
