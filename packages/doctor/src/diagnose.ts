import { FtpError, openSession, type Session } from '@portolan/client'
import type { DoctorAsk } from './ask.ts'
import type { Diagnosis } from './diagnosis.ts'
import { emitSettings } from './emit/settings.ts'
import type { Channel, FeaturesEvidence } from './evidence.ts'
import { examineActive } from './examine/active.ts'
import { begin } from './examine/begin.ts'
import { examineCapabilities } from './examine/capabilities.ts'
import { atAddress, type Context, makeContext } from './examine/context.ts'
import { examineClosing, examineDataTls } from './examine/data-tls.ts'
import { examineIdle } from './examine/idle.ts'
import { examineListing } from './examine/listing.ts'
import { examineConnect, examineLocal } from './examine/names.ts'
import { examineNoop } from './examine/noop.ts'
import { examineOtherWay, otherWayOf } from './examine/other-way.ts'
import { examinePassive } from './examine/passive.ts'
import { examinePorts } from './examine/ports.ts'
import { examineEcho, examineProbePasv } from './examine/probes.ts'
import { examineSeen } from './examine/seen.ts'
import { SessionShelf } from './examine/shelf.ts'
import { featuresFinding } from './examine/sign-in.ts'
import { examineWrite } from './examine/write-test.ts'
import { Recorder } from './recorder.ts'
import { redactor } from './redact.ts'
import { outcomeOf } from './rules/outcome.ts'
import { judge } from './rules/rules.ts'
import { SLOW_COMPLETION_MS } from './rules/slow.ts'
import { provedWays, type Way } from './ways.ts'
import { worksOf } from './works.ts'

/** Sessions at once, besides that of the other way: servers allow few from one address. */
const MOST_SESSIONS = 3

/**
 * Finds out why an FTP client does not get through, or that it does. Every step is bounded, nothing is written without
 * {@link DoctorAsk.writeTest}, and no report holds a password.
 *
 * @throws {FtpError} `FTP_SETTING` for an option that cannot be used
 */
export async function diagnose(ask: DoctorAsk): Promise<Diagnosis> {
  const context = makeContext(ask)
  const { password, account, user } = context.options
  // The user's name is no secret, also where it is the password.
  const secrets = [password, account].filter(secret => user !== 'anonymous' && secret !== user)
  const recorder = new Recorder(redactor([...secrets, context.options.proxy?.password]), ask.onStep)
  const examination = new Examination(context, recorder)
  const reason = await examination.run()
  const steps = recorder.finish(reason)
  const facts = { options: context.options, evidence: recorder.evidence }
  const verdicts = judge(facts)
  const works = worksOf(facts)
  return {
    outcome: outcomeOf(facts, verdicts),
    steps,
    verdicts,
    ...(works && { works, settings: emitSettings(facts, works) }),
  }
}

/** The order of the steps, and what each needs of those before. */
class Examination {
  #context: Context
  readonly #recorder: Recorder
  readonly #features: Partial<Record<Channel, FeaturesEvidence>> = {}

  constructor(context: Context, recorder: Recorder) {
    this.#context = context
    this.#recorder = recorder
  }

  /** @returns why the steps that are left were not carried out */
  async run(): Promise<string> {
    const recorder = this.#recorder
    await recorder.run('local', () => examineLocal(this.#context))
    const reached = await recorder.run('connect', () => examineConnect(this.#context))
    if (reached?.used === undefined) return 'The server cannot be reached.'
    this.#context = atAddress(this.#context, reached.used)
    const session = await this.#begin()
    if (!session) {
      this.#recordFeatures()
      return 'There is no session: the login was not reached, or it failed.'
    }
    const idle = recorder.run('idle', () => examineIdle(this.#context))
    const shelf = new SessionShelf(session, () => this.#open(), MOST_SESSIONS)
    try {
      await this.#findWays(shelf)
      await this.#useWay(shelf)
    } finally {
      await shelf[Symbol.asyncDispose]()
    }
    await idle
    return 'The examination was ended before.'
  }

  async #begin(): Promise<Session | undefined> {
    const recorder = this.#recorder
    // Its steps tell of their failures; what is left is that everything was ended.
    return begin(this.#context, {
      greeting: (finding, ms) => recorder.record('greeting', finding, ms),
      tls: (finding, ms) => recorder.record('tls', finding, ms),
      login: (finding, ms) => recorder.record('login', finding, ms),
      features: evidence => this.#keepFeatures(evidence),
    }).catch((error: unknown) => {
      if (error instanceof FtpError) return undefined
      throw error
    })
  }

  /** Another session like the first. */
  async #open(): Promise<Session> {
    const { options, dialler, signal } = this.#context
    return openSession({ options, dialler, facts: { refused: new Set() }, number: 1 }, signal)
  }

  /** Everything that does not need a way that works: side by side. */
  async #findWays(shelf: SessionShelf): Promise<void> {
    const context = this.#context
    const recorder = this.#recorder
    const other = this.#otherWay()
    await Promise.all([
      recorder.run('seen', () => shelf.use(session => examineSeen(context, session))),
      recorder.run('epsv', () => shelf.use(session => examinePassive(context, session, 'EPSV'))),
      recorder.run('pasv', () => shelf.use(session => examinePassive(context, session, 'PASV'))),
      recorder.run('ports', () => examinePorts(context, run => shelf.use(run))),
      recorder.run('eprt', () => shelf.use(session => examineActive(context, session, 'EPRT'))),
      recorder.run('port', () => shelf.use(session => examineActive(context, session, 'PORT'))),
      other,
    ])
    // In the clear, where there is such a session: nothing can read along under TLS.
    await recorder.run('echo', () => shelf.use(session => examineEcho(context, session)))
    await recorder.run('probe-pasv', () => shelf.use(session => examineProbePasv(context, session)))
  }

  async #otherWay(): Promise<void> {
    const recorder = this.#recorder
    const other = otherWayOf(this.#context)
    if ('reason' in other) {
      recorder.skip('other-way', other.reason)
      if (this.#context.channel === 'clear') recorder.skip('tls', other.reason)
    } else {
      await recorder.run('other-way', () =>
        examineOtherWay(other, {
          tls: (finding, ms) => recorder.record('tls', finding, ms),
          features: evidence => this.#keepFeatures(evidence),
          echo: finding => recorder.record('echo', finding, 0),
          probePasv: finding => recorder.record('probe-pasv', finding, 0),
        }),
      )
    }
    this.#recordFeatures()
  }

  /** What needs a way by which data moves. */
  async #useWay(shelf: SessionShelf): Promise<void> {
    const context = this.#context
    const recorder = this.#recorder
    const [way] = provedWays(recorder.evidence, context.options.mode)
    if (way) await this.#transfer(shelf, way)
    else {
      const reason = 'No way was found by which data moves.'
      for (const step of ['data-tls', 'listing', 'noop', 'write'] as const) recorder.skip(step, reason)
    }
    await recorder.run('closing', () => examineClosing(recorder.evidence, SLOW_COMPLETION_MS))
    await recorder.run('capabilities', () => shelf.use(async session => examineCapabilities(session, shelf)))
  }

  async #transfer(shelf: SessionShelf, way: Way): Promise<void> {
    const context = this.#context
    const recorder = this.#recorder
    const { writeTest } = context.ask
    await Promise.all([
      context.channel === 'tls'
        ? recorder.run('data-tls', () => shelf.use(session => examineDataTls(context, session, way)))
        : recorder.skip('data-tls', 'The session is in the clear: ftpes:// examines TLS.'),
      this.#readFolder(shelf, way),
      writeTest === undefined
        ? recorder.skip('write', 'Nothing is written unless --write-test names a folder.')
        : recorder.run('write', () => shelf.use(session => examineWrite(context, session, way, writeTest))),
    ])
  }

  async #readFolder(shelf: SessionShelf, way: Way): Promise<void> {
    const context = this.#context
    const recorder = this.#recorder
    await shelf.use(async session => {
      const begun = performance.now()
      const { finding, entries } = await examineListing(context, session, way)
      recorder.record('listing', finding, performance.now() - begun)
      if (session.usable) await recorder.run('noop', () => examineNoop(context, session, way, entries))
    })
  }

  #keepFeatures(evidence: FeaturesEvidence): void {
    this.#features[evidence.channel] = { ...this.#features[evidence.channel], ...evidence }
  }

  #recordFeatures(): void {
    for (const channel of ['clear', 'tls'] as const) {
      const evidence = this.#features[channel]
      const finding = evidence
        ? featuresFinding(evidence)
        : ({ status: 'skip', reason: `There was no session ${WAYS[channel]}.` } as const)
      this.#recorder.record(`features-${channel}`, finding, 0)
    }
  }
}

const WAYS: Readonly<Record<Channel, string>> = { clear: 'in the clear', tls: 'under TLS' }
