import assert from 'node:assert/strict'
import type { DataLink } from '../support/data-link.ts'
import { type ActivePort, announcement, dial, listen } from '../support/data-way.ts'
import { Dialogue } from '../support/dialogue.ts'
import type { PortolanUser } from '../support/portolan.ts'
import type { WireReply } from '../support/wire-reply.ts'
import { type Input, mutatedInput, randomInput, SIMPLE_LINES } from './input.ts'
import type { Random } from './random.ts'

/** A line may wait for several data connections that nobody makes, a second each. */
const LIMIT_MS = 30_000

/** Where fuzzing clients go, and as whom. */
export interface FuzzTarget {
  readonly host: string
  readonly port: number
  readonly user: PortolanUser
}

/** One session with everything it does drawn by lot. @throws when a line has no final reply, or more than one */
export async function fuzzSession(random: Random, target: FuzzTarget): Promise<void> {
  const kind = random.below(10)
  if (kind < 3) return sendInput(random, target, randomInput(random))
  if (kind < 6) return sendInput(random, target, mutatedInput(random))
  return misbehave(random, target)
}

/** Sends bytes, then a line that nobody knows: its reply tells that all before it was answered. */
async function sendInput(random: Random, target: FuzzTarget, { packets, lines }: Input): Promise<void> {
  await using dialogue = await Dialogue.begin(target)
  if (random.chance(80)) await dialogue.logIn(target.user.name, target.user.password)
  for (const packet of packets) {
    dialogue.write(packet)
    if (random.chance(30)) await new Promise(resolve => setImmediate(resolve))
  }
  const last = `ZZ${random.below(1e9)}`
  dialogue.line(last)
  const finals: WireReply[] = []
  for (;;) {
    const answer = await dialogue.replyOrEnd(LIMIT_MS)
    if (typeof answer === 'string') return assertAllowedEnd(Buffer.concat(packets), finals)
    if (answer.text.includes(last)) break
    if (answer.code >= 200) finals.push(answer)
  }
  if (lines !== undefined) {
    const told = finals.map(({ code }) => code).join(' ')
    assert.equal(finals.length, lines, `${lines} lines and these final replies: ${told}`)
  }
}

/** The server may only end a session by saying so (421, 221), or where TLS was to begin. */
function assertAllowedEnd(sent: Buffer, finals: readonly WireReply[]): void {
  const last = finals.at(-1)?.code
  // A first byte like that of a TLS record: the client means another port.
  const spokeTls = /(^|\n)\x16/.test(sent.toString('latin1'))
  assert.ok(last === 421 || last === 221 || last === 234 || spokeTls, `the session ended after ${last}`)
}

/** A client that counts: so many lines, so many final replies. */
class Counting {
  readonly dialogue: Dialogue
  #open = 0

  constructor(dialogue: Dialogue) {
    this.dialogue = dialogue
  }

  line(text: string): void {
    this.dialogue.line(text)
    this.#open += 1
  }

  /** The next reply; a final one belongs to the oldest line that has none. */
  async next(): Promise<WireReply> {
    const reply = await this.dialogue.reply(LIMIT_MS)
    if (reply.code >= 200) this.#open -= 1
    assert.ok(this.#open >= 0, `a reply that no line asked for: ${reply.code} ${reply.text}`)
    return reply
  }

  /** Resolves with the last final reply once every line has one. */
  async settle(): Promise<WireReply | undefined> {
    let last: WireReply | undefined
    while (this.#open > 0) last = await this.next()
    return last
  }

  async ask(text: string): Promise<WireReply | undefined> {
    this.line(text)
    return this.settle()
  }
}

async function misbehave(random: Random, target: FuzzTarget): Promise<void> {
  await using dialogue = await Dialogue.begin(target)
  if (random.chance(40))
    await dialogue.secure(random.pick(['TLSv1.2', 'TLSv1.3'] as const), random.pick(['P', 'C'] as const))
  await dialogue.logIn(target.user.name, target.user.password)
  const client = new Counting(dialogue)
  for (let count = 1 + random.below(8); count > 0; count -= 1) {
    if (random.chance(50)) {
      // A transfer command may wait for its client: one of these in a row.
      client.line(random.pick(SIMPLE_LINES))
      if (random.chance(50)) await client.settle()
    } else if ((await transfer(random, client, target)) === 'gone') return
  }
  await client.settle()
  if (random.chance(30)) return dialogue.reset()
  if (random.chance(30)) return dialogue.endTcp()
  await client.ask('TYPE I')
  await dialogue.quit()
}

/** One transfer, done right or wrong. `gone`: the client has left without a word. */
async function transfer(random: Random, client: Counting, target: FuzzTarget): Promise<'there' | 'gone'> {
  const { dialogue } = client
  await client.settle()
  if ((await client.ask('PWD'))?.code === 530) await logInAgain(client, target)
  await using stack = new AsyncDisposableStack()
  const way = random.pick(['EPSV', 'PASV', 'EPRT', 'PORT'] as const)
  let offer: ActivePort | undefined
  let link: DataLink | undefined
  if (way === 'EPSV' || way === 'PASV') {
    const reply = await client.ask(way)
    const port = passivePort(reply)
    if (port === undefined) return 'there'
    for (let count = random.pick([0, 1, 1, 1, 1, 1, 2]); count > 0; count -= 1) {
      link = await dial({ host: target.host, port }, dialogue.from).catch(() => link)
      if (link) stack.use(link)
    }
  } else {
    offer = stack.use(await listen(dialogue))
    await client.ask(announcement(way, offer))
  }
  const verb = random.pick([
    'RETR a.bin',
    'STOR a.bin',
    'APPE a.bin',
    'STOU',
    'LIST',
    'NLST',
    'MLSD',
    'RETR nothing',
    'STOR folder/x.bin',
  ])
  client.line(verb)
  if (random.chance(20)) client.line(random.pick(['NOOP', 'STAT', 'ABOR', 'PWD']))
  const first = await client.next()
  if (first.code !== 150) {
    await client.settle()
    return 'there'
  }
  link ??= await offer?.accept().catch(() => undefined)
  if (link && dialogue.protect && dialogue.sessions && random.chance(90))
    await link.secure(dialogue.sessions).catch(() => {})
  if (link) await handle(random, link)
  if (random.chance(10)) {
    dialogue.reset()
    return 'gone'
  }
  if (random.chance(25)) client.line(random.pick(['ABOR', 'ABOR', 'NOOP', 'STAT']))
  await client.settle()
  return 'there'
}

/** What the client does with a data connection: reads, writes, ends it in some way or leaves it. */
async function handle(random: Random, link: DataLink): Promise<void> {
  if (random.chance(60)) await link.write(random.bytes(random.below(5_000))).catch(() => {})
  switch (random.below(6)) {
    case 0:
      return link.reset()
    case 1:
      return link.endTcp()
    case 2:
      link.raw.write('not a record')
      return link.endTcp()
    case 3:
      link.raw.resume()
      return
    default:
      return link.end()
  }
}

function passivePort(reply: WireReply | undefined): number | undefined {
  const [, extended] = /\(\|\|\|(\d+)\|\)/.exec(reply?.text ?? '') ?? []
  if (extended !== undefined) return Number(extended)
  const [, high, low] = /\(\d+,\d+,\d+,\d+,(\d+),(\d+)\)/.exec(reply?.text ?? '') ?? []
  return high === undefined ? undefined : Number(high) * 256 + Number(low)
}

async function logInAgain(client: Counting, { user }: FuzzTarget): Promise<void> {
  await client.ask(`USER ${user.name}`)
  await client.ask(`PASS ${user.password}`)
}
