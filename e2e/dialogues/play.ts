import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataLink } from '../support/data-link.ts'
import { type ActivePort, announcement, dial, listen, passive } from '../support/data-way.ts'
import { Dialogue } from '../support/dialogue.ts'
import { type Embedded, PASSWORD } from '../support/embedded.ts'
import type { Way } from '../support/transfers.ts'
import { furnish } from './stage.ts'
import type { Codes, Script, Step } from './step.ts'

/** Plays a script against the server, with a user and a home of its own. */
export async function play(script: Script, stage: Embedded, number: number): Promise<void> {
  await using actor = await Actor.enter(script, stage, `${script.as ?? 'alice'}-${number}`)
  for (const [index, step] of script.steps.entries()) {
    await actor.play(step).catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error)
      throw new Error(`step ${index + 1}, ${shown(step)}: ${said.slice(0, 300)}`, { cause: error })
    })
  }
  await actor.leave(script.ends ?? 'usable')
}

class Actor implements AsyncDisposable {
  readonly #dialogue: Dialogue
  readonly #home: string
  readonly #values: Record<string, string>
  #link: DataLink | undefined
  #offer: ActivePort | undefined

  private constructor(dialogue: Dialogue, user: string, home: string) {
    this.#dialogue = dialogue
    this.#home = home
    this.#values = { user, password: PASSWORD }
  }

  static async enter(script: Script, stage: Embedded, user: string): Promise<Actor> {
    const { listener = 'clear', as = 'alice' } = script
    const home = stage.home(user)
    if (as !== 'nobody') await furnish(home, as)
    const target = {
      ...stage.at(listener),
      ...(listener === 'implicit' && { tlsFromStart: 'TLSv1.3' as const }),
    }
    const dialogue = await Dialogue.begin(target)
    if (listener === 'required' && as !== 'nobody') await dialogue.secure('TLSv1.3')
    if (as !== 'nobody') await dialogue.logIn(user, PASSWORD)
    return new Actor(dialogue, user, home)
  }

  async play(step: Step): Promise<void> {
    const dialogue = this.#dialogue
    if ('send' in step) {
      dialogue.line(this.#fill(step.send))
      await this.#replies(step.expect, step.text)
      const [, prot] = /^PROT ([PC])$/.exec(step.send) ?? []
      if (prot !== undefined && step.expect === 200) dialogue.protect = prot === 'P'
    } else if ('bytes' in step) {
      dialogue.write(this.#fill(step.bytes))
      await this.#replies(step.expect, step.text)
    } else if ('expect' in step) await this.#replies(step.expect, step.text)
    else if ('data' in step) await this.#agree(step.data, step.dial ?? true)
    else if ('listen' in step) await this.#listen()
    else if ('put' in step) await this.#put(step)
    else if ('get' in step) await this.#get(step.get)
    else if ('drain' in step) await this.#drain(step.drain)
    else if ('handshake' in step) await dialogue.handshake(step.handshake)
    else if ('clear' in step) await dialogue.clear()
    else await this.#lookAtDisk(step.disk, step.holds)
  }

  /** Whatever was said before: the session goes on, and no reply is missing or left over. */
  async leave(how: NonNullable<Script['ends']>): Promise<void> {
    const dialogue = this.#dialogue
    if (how === 'usable') {
      await dialogue.ask('NOOP', 200)
      return dialogue.quit()
    }
    const ended = await dialogue.ended()
    if (how === 'closed') assert.equal(ended, 'end')
    assert.deepEqual(dialogue.unread, [], 'replies that nobody asked for')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link?.[Symbol.asyncDispose]()
    await this.#offer?.[Symbol.asyncDispose]()
    await this.#dialogue[Symbol.asyncDispose]()
  }

  #fill(text: string): string {
    return text.replace(/\{(\w+)\}/g, (place, name: string) => this.#values[name] ?? place)
  }

  async #replies(codes: Codes, text: RegExp | undefined): Promise<void> {
    const wanted = typeof codes === 'number' ? [codes] : codes
    let last = ''
    for (const code of wanted) {
      const reply = await this.#dialogue.reply()
      assert.equal(reply.code, code, `${reply.code} ${reply.text}, and not ${code}`)
      last = reply.text
    }
    if (text) assert.match(last, text)
  }

  async #agree(way: Way, now: boolean): Promise<void> {
    await this.#link?.[Symbol.asyncDispose]()
    this.#link = undefined
    if (way === 'EPSV' || way === 'PASV') {
      const port = await passive(this.#dialogue, way)
      if (now) this.#link = await dial(port, this.#dialogue.from)
      return
    }
    const offer = await this.#listen()
    await this.#dialogue.ask(announcement(way, offer), 200)
  }

  async #listen(): Promise<ActivePort> {
    await this.#offer?.[Symbol.asyncDispose]()
    const offer = await listen(this.#dialogue)
    this.#offer = offer
    this.#values.port = String(offer.port)
    this.#values.portBytes = `${offer.port >> 8},${offer.port & 255}`
    return offer
  }

  /** The data connection, under TLS when PROT P was agreed on. */
  async #data(): Promise<DataLink> {
    this.#link ??= await this.#offer?.accept()
    const link = this.#link
    assert.ok(link, 'no data connection was agreed on')
    const { protect, sessions } = this.#dialogue
    if (protect && sessions && !link.tls) await link.secure(sessions)
    return link
  }

  async #put({ put, end }: Extract<Step, { put: string }>): Promise<void> {
    const link = await this.#data()
    if (put !== '') await link.write(Buffer.from(put, 'latin1'))
    if (end === 'reset') link.reset()
    else if (end !== 'open') link.end()
  }

  async #get(wanted: string | RegExp): Promise<void> {
    const text = (await (await this.#data()).readAll()).toString('latin1')
    if (typeof wanted === 'string') assert.equal(text, wanted)
    else assert.match(text, wanted)
  }

  async #drain(wanted: number | 'reset'): Promise<void> {
    const link = await this.#data()
    if (wanted === 'reset') return assert.equal(await link.drain(), 'reset')
    assert.equal(await link.readCount(), wanted)
  }

  async #lookAtDisk(name: string, holds: string | undefined): Promise<void> {
    const path = Buffer.from(join(this.#home, name), 'utf8')
    const found = await readFile(path, 'latin1').catch(() => undefined)
    assert.equal(found, holds)
  }
}

function shown(step: Step): string {
  const text = JSON.stringify(step)
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
