import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientTls } from '@portolan/channels'
import { ControlConnection, type HostFacts, Session } from '@portolan/client'
import type { Channel, FeaturesEvidence, GreetingEvidence, LoginEvidence, TlsEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'
import { type Greeted, greetInClear, greetsInClear, greetUnderTls } from './greeting.ts'
import { dial } from './names.ts'
import { examineTls, type TlsFacts } from './secure.ts'
import { askFeatures, examineLogin } from './sign-in.ts'

/** Milliseconds before a server that is full is asked again. */
const AGAIN_MS = 1_000

/** Told of what the beginning of a session shows. */
export interface Beginnings {
  greeting(finding: Finding<GreetingEvidence>, ms: number): void
  tls(finding: Finding<TlsEvidence>, ms: number): void
  login(finding: Finding<LoginEvidence>, ms: number): void
  /** Called as more becomes known. */
  features(evidence: FeaturesEvidence): void
}

/** Begins a session step by step, telling what each shows. @returns undefined when it cannot be logged in */
export async function begin(context: Context, tell: Beginnings): Promise<Session | undefined> {
  const beginning = new Beginning(context, tell)
  const control = await beginning.reach()
  return control && beginning.logIn(control)
}

class Beginning {
  readonly #context: Context
  readonly #tell: Beginnings
  readonly #facts: HostFacts = { refused: new Set() }
  readonly #features: Partial<Record<Channel, FeaturesEvidence>> = {}
  #tlsFacts: TlsFacts | undefined
  #tls: ClientTls | undefined

  constructor(context: Context, tell: Beginnings) {
    this.#context = context
    this.#tell = tell
  }

  /** A control connection that has greeted, and is under TLS where that is asked for. */
  async reach(): Promise<ControlConnection | undefined> {
    const { options } = this.#context
    if (options.tls === 'implicit') return this.#reachImplicit()
    const control = await this.#greet()
    if (!control) return undefined
    const listed = await this.#feat(control, 'clear', 'before')
    if (options.tls === 'off') return control
    if (!(await this.#secure(control, 'auth', listed))) return undefined
    await this.#feat(control, 'tls', 'before')
    return control
  }

  async logIn(control: ControlConnection): Promise<Session | undefined> {
    const session = this.#session(control)
    const begun = performance.now()
    const finding = await examineLogin(this.#context, session)
    this.#tell.login(finding, performance.now() - begun)
    if (finding.status === 'skip' || finding.evidence.outcome !== 'ok') {
      await session.close()
      return undefined
    }
    await this.#feat(control, this.#context.channel, 'after')
    return session
  }

  async #greet(ready?: ControlConnection): Promise<ControlConnection | undefined> {
    const begun = performance.now()
    const { finding, control } = ready
      ? await greetUnderTls(this.#context, ready)
      : await this.#greetInClear()
    this.#tell.greeting(finding, performance.now() - begun)
    return control
  }

  /** A server that lets one session in may not have noticed yet that the connection before is gone: it is asked twice. */
  async #greetInClear(): Promise<Greeted> {
    const { stepMs, signal } = this.#context
    const make = (socket: Socket) => this.#control(socket)
    const first = await greetInClear(this.#context, make)
    if (first.finding.status === 'skip' || first.finding.evidence.code !== 421) return first
    await sleep(Math.min(AGAIN_MS, stepMs), undefined, { signal }).catch(() => {})
    return greetInClear(this.#context, make)
  }

  async #reachImplicit(): Promise<ControlConnection | undefined> {
    const { options, stepMs } = this.#context
    const dialled = await dial(this.#context, { host: options.host, port: options.port }, { ms: stepMs })
    if (!('socket' in dialled)) return undefined
    const control = this.#control(dialled.socket)
    if (await this.#secure(control, 'implicit', undefined)) return this.#greet(control)
    const begun = performance.now()
    const evidence = await greetsInClear(this.#context)
    this.#tell.greeting({ status: 'fail', evidence }, performance.now() - begun)
    return undefined
  }

  async #secure(
    control: ControlConnection,
    start: 'auth' | 'implicit',
    listed: boolean | undefined,
  ): Promise<boolean> {
    const begun = performance.now()
    const { finding, tls } = await examineTls(this.#context, control, start, {
      listed,
      facts: () => this.#tlsFacts,
    })
    this.#tls = tls
    this.#tell.tls(finding, performance.now() - begun)
    if (!tls) await control.close()
    return tls !== undefined
  }

  /** @returns whether AUTH TLS is among the features; undefined when the server tells none */
  async #feat(
    control: ControlConnection,
    channel: Channel,
    when: 'before' | 'after',
  ): Promise<boolean | undefined> {
    const { signal } = this.#context
    const session = this.#session(control)
    try {
      const asked = await askFeatures(session, signal)
      const system = when === 'after' ? await this.#system(session) : undefined
      const known = this.#features[channel] ?? { channel }
      const evidence = { ...known, ...(asked && { [when]: asked.lines }), ...(system && { system }) }
      this.#features[channel] = evidence
      this.#tell.features(evidence)
      if (when === 'after') this.#facts.features = asked?.features ?? new Map()
      return asked && /TLS|SSL/i.test(asked.features.get('AUTH') ?? '')
    } catch (error) {
      // Servers that hang up on what they do not know exist; the next step finds the connection gone and says so.
      if (control.error || signal.aborted) return undefined
      throw error
    }
  }

  async #system(session: Session): Promise<string | undefined> {
    const reply = await session.ask('SYST', undefined, this.#context.signal)
    return reply.code === 215 ? reply.lines.join(' ').trim() : undefined
  }

  #session(control: ControlConnection): Session {
    const { options, dialler } = this.#context
    return new Session({ number: 1, control, options, facts: this.#facts, dialler, tls: this.#tls })
  }

  #control(socket: Socket): ControlConnection {
    return new ControlConnection(socket, {
      session: 1,
      timeouts: this.#context.options.timeouts,
      emit: event => {
        if (event.type === 'tls') this.#tlsFacts = { protocol: event.protocol, cipher: event.cipher }
      },
    })
  }
}
