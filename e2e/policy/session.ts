import { dial, passive } from '../support/data-way.ts'
import type { DialogueTarget } from '../support/dialogue.ts'
import { Dialogue } from '../support/dialogue.ts'
import { PASSWORD } from '../support/embedded.ts'
import type { WireReply } from '../support/wire-reply.ts'

/** Anything that accepts control connections. */
interface Host {
  at(): { host: string; port: number }
}

/**
 * A session of a user in TYPE I.
 * @param from - our address, one of 127.0.0.0/8; default the system's choice
 */
export async function logIn(server: Host, user = 'alice', from?: string): Promise<Dialogue> {
  const target: DialogueTarget = { ...server.at(), ...(from !== undefined && { from }) }
  const dialogue = await Dialogue.begin(target)
  await dialogue.logIn(user, PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

/** Uploads, whatever comes of it: answers the final reply, with or without a 150 before it. */
export async function tryPut(dialogue: Dialogue, line: string, bytes: Buffer | string): Promise<WireReply> {
  await using link = await dial(await passive(dialogue), dialogue.from)
  const first = await dialogue.ask(line)
  if (first.code !== 150) return first
  // The server may cut the connection in the middle of what it refuses.
  await link.write(bytes).then(
    () => link.end(),
    () => {},
  )
  return await dialogue.reply()
}
