import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { type ClientIo, userFolder } from './client/client-io.ts'
import type { PartFlags } from './gateway-commands.ts'
import { UserError } from './user-error.ts'

/** Where something listens, or is. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/**
 * Reads `HOST:PORT` or `[IPV6]:PORT`; port 0 where any free port may be bound.
 * @throws {UserError} that names the flag
 */
export function readHostPort(text: string, flag: string, { lowest }: { lowest: 0 | 1 }): HostPort {
  const [, six, name, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? []
  const host = six ?? name
  const port = Number(digits)
  if (host !== undefined && port >= lowest && port <= 65_535) return { host, port }
  throw new UserError(`${flag} ${text}: this is no host and port, such as 127.0.0.1:1080 or [2001:db8::1]:21`)
}

/** Reads `127.0.0.1:2121=10.0.0.9:21`. @throws {UserError} */
export function readListener(text: string): HostPort & { readonly target: HostPort } {
  const [here = '', there, more] = text.split('=')
  if (there === undefined || more !== undefined)
    throw new UserError(
      `--listen ${text}: it takes where to listen and what for, such as 127.0.0.1:2121=10.0.0.9:21`,
    )
  return {
    ...readHostPort(here, '--listen', { lowest: 0 }),
    target: readHostPort(there, '--listen', { lowest: 1 }),
  }
}

/** The text of the invitation, if there is one. @throws {UserError} */
export async function readKey({ key, keyFile }: PartFlags, io: ClientIo): Promise<string | undefined> {
  if (key !== undefined && keyFile !== undefined) throw new UserError('--key or --key-file, not both')
  if (keyFile === undefined) return key
  // Long texts may have been broken into lines.
  return (await readTextFile(keyFile, '--key-file', io)).trim()
}

/** The first line of a file that holds a secret. @throws {UserError} */
export async function readSecretLine(path: string, flag: string, io: ClientIo): Promise<string> {
  const [line = ''] = (await readTextFile(path, flag, io)).split(/\r?\n/)
  if (line === '') throw new UserError(`${flag} ${path}: its first line is empty`)
  return line
}

async function readTextFile(path: string, flag: string, io: ClientIo): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), 'utf8')
  } catch (error) {
    throw new UserError(`${flag} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** The data folder of a part. */
export function folderOf(part: string, { data }: PartFlags, io: ClientIo): string {
  return data === undefined ? join(userFolder(io.env, 'state'), part) : resolve(io.cwd, data)
}

/** A name of the model, made of the name of this machine. */
export function machineName(name = hostname()): string {
  const [first = ''] = name.split('.')
  return (
    first
      .replace(/[^\w-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 64) || 'portolan'
  )
}
