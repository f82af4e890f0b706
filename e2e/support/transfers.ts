import assert from 'node:assert/strict'
import type { DataLink } from './data-link.ts'
import { type ActivePort, announcement, dial, listen, type PassivePort, passive } from './data-way.ts'
import type { Dialogue } from './dialogue.ts'
import type { WireReply } from './wire-reply.ts'

/** The command by which a data connection is agreed on. */
export type Way = 'EPSV' | 'PASV' | 'EPRT' | 'PORT'

/** Agrees on a data connection, sends the command, and answers the connection once 150 has come; under TLS after its handshake. */
export async function begin(dialogue: Dialogue, line: string, way: Way = 'EPSV'): Promise<DataLink> {
  const agreed = await agree(dialogue, way)
  // The connection may be refused by the command: it is dialled first, so that a late refusal is not mistaken.
  const early = 'accept' in agreed ? undefined : await dial(agreed, dialogue.from)
  await dialogue.ask(line, 150)
  const link = early ?? (await acceptFrom(agreed))
  if (dialogue.protect && dialogue.sessions) await link.secure(dialogue.sessions)
  return link
}

/** Uploads, and answers the final reply, which has to be 226. */
export async function put(
  dialogue: Dialogue,
  line: string,
  bytes: Buffer | string,
  way?: Way,
): Promise<WireReply> {
  await using link = await begin(dialogue, line, way)
  if (bytes.length > 0) await link.write(bytes)
  link.end()
  return await dialogue.expect(226)
}

/** Downloads or lists. */
export async function get(dialogue: Dialogue, line: string, way?: Way): Promise<Buffer> {
  await using link = await begin(dialogue, line, way)
  const bytes = await link.readAll()
  await dialogue.expect(226)
  return bytes
}

/** The names of a listing, without the folder that some commands put before them. */
export async function names(dialogue: Dialogue, line = 'NLST'): Promise<string[]> {
  const text = (await get(dialogue, line)).toString('utf8')
  return text.split('\r\n').filter(name => name !== '')
}

async function agree(dialogue: Dialogue, way: Way): Promise<PassivePort | ActivePort> {
  if (way === 'EPSV' || way === 'PASV') return passive(dialogue, way)
  const port = await listen(dialogue)
  await dialogue.ask(announcement(way, port), 200)
  return port
}

async function acceptFrom(agreed: PassivePort | ActivePort): Promise<DataLink> {
  assert.ok('accept' in agreed)
  const link = await agreed.accept()
  link.raw.once('close', () => void agreed[Symbol.asyncDispose]())
  return link
}
