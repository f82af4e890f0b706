import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import { memberKind } from '../model/index.ts'
import { memberIdentityOf } from './member-identity.ts'
import type { Identity } from './types.ts'

/** One file, so that key and certificate are never of two renewals. */
const FILE = 'identity.json'

const pem = z.string().min(1).max(16_384)
const identity = z.object({
  id: z.string().min(1).max(64),
  kind: memberKind,
  key: pem,
  certificate: pem,
  authority: pem,
  addresses: z.array(z.string().max(300)).max(64),
  expiresAt: z.int(),
})

/**
 * The identity that a folder keeps; undefined when it has none.
 * @throws {GatewayError} `GATEWAY_IDENTITY` when it is there and cannot be used
 */
export async function readIdentity(folder: string): Promise<Identity | undefined> {
  const file = join(folder, FILE)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw wrong(file, `cannot be read (${codeOf(error)}): give it to the user that runs this program`, error)
  }
  try {
    const read = identity.parse(JSON.parse(text))
    const certificate = new X509Certificate(read.certificate)
    if (!certificate.checkPrivateKey(createPrivateKey(read.key))) throw new Error('its key is of another one')
    const named = memberIdentityOf(certificate)
    if (named?.kind !== read.kind || named.id !== read.id)
      throw new Error('its certificate is of another one')
    new X509Certificate(read.authority)
    return read
  } catch (error) {
    const remedy = 'remove the folder and start it again with a new invitation'
    throw wrong(
      file,
      `is damaged (${error instanceof SyntaxError ? 'no JSON' : textOf(error)}): ${remedy}`,
      error,
    )
  }
}

/**
 * Keeps an identity: the folder is for its owner alone (0700), the file too (0600), and it is there whole or not at all.
 * @throws {GatewayError} `GATEWAY_IDENTITY`
 */
export async function writeIdentity(folder: string, value: Identity): Promise<void> {
  const file = join(folder, FILE)
  const temporary = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    try {
      await using handle = await open(temporary, 'wx', 0o600)
      await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
      await handle.sync()
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    await rename(temporary, file)
  } catch (error) {
    throw wrong(file, `cannot be written (${codeOf(error)}): the folder has to belong to this program`, error)
  }
}

const wrong = (file: string, text: string, cause: unknown) =>
  new GatewayError('GATEWAY_IDENTITY', `The identity ${file} ${text}.`, { cause })

const textOf = (error: unknown) =>
  error instanceof z.ZodError
    ? `no ${error.issues[0]?.path.join('.') || 'identity'}`
    : error instanceof Error
      ? error.message
      : String(error)

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : textOf(error)
