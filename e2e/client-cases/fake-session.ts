import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { TLSSocket } from 'node:tls'
import { DataBroke, DataLink, type DataOffer, type DataOrder } from './data-link.ts'
import type { FakeServer } from './fake-server.ts'
import { type Action, type Answer, type CertificateName, FEATURES } from './script.ts'
import { sessionContext, type TlsState } from './tls-state.ts'
import { UNKNOWN, USUAL_ANSWERS } from './usual.ts'

/** A line from the client, and what its answer needs. */
interface Command {
  readonly line: string
  readonly verb: string
  readonly arg: string
  /** The port that stood open when it came. */
  readonly offer: DataOffer | undefined
}

/** What is left of an answer is not done: the control connection has ended, or all is said. */
class AnswerOver extends Error {}

/** One control connection of the fake server: it plays its script, one command after the other. */
export class FakeSession {
  readonly #server: FakeServer
  readonly #socket: Socket
  #stream: Socket
  readonly #data: DataLink
  readonly #tls: TlsState = {
    certificate: 'signed',
    context: sessionContext('signed'),
    protected: false,
  }
  readonly #lines: string[] = []
  readonly #background: Promise<void>[] = []
  #text = ''
  readonly #ended = Promise.withResolvers<void>()
  #wake = Promise.withResolvers<void>()
  #queue: Promise<void> = Promise.resolve()
  #offset = 0

  constructor(server: FakeServer, socket: Socket) {
    this.#server = server
    this.#socket = socket
    this.#stream = socket
    this.#data = new DataLink(this.#tls)
    socket.setNoDelay(true)
    socket
      .on('error', () => {})
      .on('close', () => {
        this.#ended.resolve()
        this.#wake.resolve()
      })
    socket.on('data', this.#onData).on('end', () => socket.end())
    const { implicit } = server.script
    const begin: Answer = implicit ? [{ handshake: implicit }] : []
    this.#next({ line: 'GREETING', verb: 'GREETING', arg: '', offer: undefined }, begin)
  }

  get closed(): boolean {
    return this.#socket.closed
  }

  /** Resolves when the control connection is closed. */
  async ended(): Promise<void> {
    await this.#ended.promise
  }

  destroy(): void {
    this.#data.destroy()
    this.#socket.destroy()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#text += chunk.toString('latin1')
    this.#wake.resolve()
    this.#wake = Promise.withResolvers()
    // A ClientHello that nobody answers is no command, though its random bytes may hold CRLF.
    if (this.#text.startsWith('\x16')) return
    for (let at = this.#text.indexOf('\r\n'); at >= 0; at = this.#text.indexOf('\r\n')) {
      const line = this.#text.slice(0, at)
      this.#text = this.#text.slice(at + 2)
      this.#onLine(line)
    }
  }

  #onLine(line: string): void {
    const [verb = '', ...rest] = line.split(' ')
    const command = { line, verb, arg: rest.join(' '), offer: this.#data.offer }
    this.#lines.push(line)
    this.#server.note(line)
    if (this.#server.script.eager?.includes(verb)) void this.#play(command, [])
    else this.#next(command, [])
  }

  #next(command: Command, before: Answer): void {
    this.#queue = this.#queue.then(() => this.#play(command, before))
  }

  async #play(command: Command, before: Answer): Promise<void> {
    this.#remember(command)
    try {
      await this.#run([...before, ...this.#server.answerTo(command.line, command.verb)], command)
    } catch (error) {
      if (error instanceof AnswerOver) return
      if (!(error instanceof DataBroke)) return this.#server.fail(error)
      await this.#run(this.#server.script.onBreak ?? ['426 The data connection broke'], command).catch(
        () => {},
      )
    }
  }

  /** What the server has to know, whatever it says. */
  #remember({ verb, arg }: Command): void {
    if (verb === 'REST') this.#offset = Number(arg)
    if (verb === 'PROT') this.#tls.protected = arg === 'P'
    if (verb === 'EPRT') {
      const [, , host = '', port = ''] = arg.split(arg.charAt(0))
      this.#data.aim(host, Number(port))
    }
    if (verb === 'PORT') {
      const numbers = arg.split(',').map(Number)
      this.#data.aim(numbers.slice(0, 4).join('.'), (numbers[4] ?? 0) * 256 + (numbers[5] ?? 0))
    }
  }

  async #run(actions: Answer, command: Command, order = this.#orderFor(command)): Promise<void> {
    for (const action of actions) await this.#do(action, command, order)
  }

  #orderFor({ verb, arg }: Command): DataOrder {
    const offset = verb === 'RETR' || verb === 'STOR' ? this.#offset : 0
    if (verb === 'RETR' || verb === 'STOR') this.#offset = 0
    const content = this.#server.file(arg)
    const start = verb === 'APPE' ? (content?.length ?? 0) : offset
    return { content, offset, store: bytes => this.#server.store(arg, start, bytes) }
  }

  async #do(action: Action, command: Command, order: DataOrder): Promise<void> {
    if (typeof action === 'string') return this.#write(`${this.#fill(action, command)}\r\n`)
    if ('usual' in action)
      return this.#run(usualAnswer(command, this.#server.script.features), command, order)
    if ('raw' in action) return this.#write(this.#fill(action.raw, command))
    if ('drip' in action) {
      for (const byte of action.drip) {
        await this.#write(byte)
        await sleep(1)
      }
      return
    }
    if ('flood' in action) {
      for (let i = 0; i < action.times; i++) {
        await this.#write(action.flood)
        if (action.everyMs) await sleep(action.everyMs, undefined, { ref: false })
      }
      return
    }
    if ('wait' in action) return void (await sleep(action.wait))
    if ('until' in action) return this.#until(action.until)
    if ('listen' in action)
      return this.#data.listen(action.listen === true ? this.#server.address : action.listen)
    if ('dial' in action) return this.#data.dial(action.dial === true ? undefined : action.dial)
    if ('stranger' in action) return this.#data.strange(action.stranger)
    if ('accept' in action) return this.#data.accept(command.offer)
    if ('unlisten' in action) return this.#data.unlisten()
    if ('data' in action) {
      const { data } = action
      await this.#data.act('send' in data ? { send: withTimes(data.send) } : data, order)
      if ('secure' in data && this.#data.fresh && this.#server.script.requireReuse) {
        await this.#data.act({ end: 'reset' }, order)
        await this.#write('522 SSL connection failed; session reuse required\r\n')
        throw new AnswerOver('answered')
      }
      return
    }
    if ('meanwhile' in action) {
      this.#background.push(this.#run(action.meanwhile, command, order).catch(() => {}))
      return
    }
    if ('handshake' in action) return this.#handshake(action.handshake)
    if (action.control === 'reset') this.#socket.resetAndDestroy()
    else this.#stream.end()
    throw new AnswerOver('ended by its script')
  }

  #fill(text: string, { arg }: Command): string {
    const { port } = this.#data
    const p = `${port >> 8},${port & 255}`
    const size = this.#server.file(arg)?.length
    return withTimes(text)
      .replaceAll('{arg}', arg)
      .replaceAll('{port}', String(port))
      .replaceAll('{pasv}', `${this.#server.address.replaceAll('.', ',')},${p}`)
      .replaceAll('{p}', p)
      .replaceAll('{filtered}', String(this.#server.filtered))
      .replaceAll('{f}', `${this.#server.filtered >> 8},${this.#server.filtered & 255}`)
      .replace(/^213 \{size\}/, size === undefined ? '550 No such file' : `213 ${size}`)
  }

  async #write(text: string): Promise<void> {
    const stream = this.#stream
    if (stream.destroyed || stream.writableEnded) throw new AnswerOver('nobody reads')
    const { promise, resolve } = Promise.withResolvers<void>()
    const gone = () => resolve()
    this.#socket.once('close', gone)
    stream.write(Buffer.from(text, 'latin1'), gone)
    await promise.finally(() => this.#socket.off('close', gone))
    if (this.#socket.destroyed) throw new AnswerOver('the client has gone')
  }

  async #until(start: string): Promise<void> {
    while (![this.#text, ...this.#lines].some(line => line.startsWith(start))) {
      if (this.#socket.closed) throw new AnswerOver('the client has gone')
      await this.#wake.promise
    }
  }

  async #handshake(certificate: CertificateName): Promise<void> {
    const socket = this.#socket
    socket.off('data', this.#onData)
    if (certificate !== 'signed') this.#tls.context = sessionContext(certificate)
    this.#tls.certificate = certificate
    const tls = new TLSSocket(socket, { isServer: true, secureContext: this.#tls.context })
    tls.on('error', () => socket.destroy())
    this.#stream = tls
    tls.on('data', this.#onData).on('end', () => tls.end())
    await Promise.race([new Promise(resolve => tls.once('secure', resolve)), this.#ended.promise])
    if (socket.destroyed) throw new AnswerOver('no handshake')
  }
}

const MS_PER_HOUR = 3_600_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function withTimes(text: string): string {
  if (!text.includes('{')) return text
  const past = Date.now() - MS_PER_HOUR
  const utc = new Date(past).toISOString().replace(/\D/g, '').slice(0, 12)
  const ahead = new Date(past + 2 * MS_PER_HOUR)
  const [, day = '', time = ''] = /-(\d\d)T(\d\d:\d\d)/.exec(ahead.toISOString()) ?? []
  return text
    .replaceAll('{utc}', `${utc}00`)
    .replaceAll('{now}', `${MONTHS[ahead.getUTCMonth()]} ${day} ${time}`)
}

/** What a server that does everything right does for this command. */
export function usualAnswer({ line, verb }: { line: string; verb: string }, features = FEATURES): Answer {
  if (verb === 'FEAT') return ['211-Features:', ...features.map(feature => ` ${feature}`), '211 End']
  return USUAL_ANSWERS[line] ?? USUAL_ANSWERS[verb] ?? UNKNOWN
}
