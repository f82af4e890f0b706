import { isDeepStrictEqual } from 'node:util'
import type { Controller, ControllerEvent, ControllerSettings, People } from '@portolan/gateway'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import { Problem } from '../../http/problem.ts'
import { NodeError } from '../node-error.ts'
import { controllerSettings } from './controller-settings.ts'

type Section = Settings['gateway']

/** A controller, and what it goes by. */
interface Open {
  readonly controller: Controller
  section: Section
}

/** What the controller of a node is made from. */
export interface GatewayHostOptions {
  readonly store: Pick<Store, 'access' | 'changes'>
  readonly node: string
  readonly people: People
  /** The settings in force. */
  settings(): Section
}

/** Zero-trust access on this node, for routes, figures and live pages. */
export interface AccessOfNode {
  /** The controller, where this node is one. */
  readonly running: Controller | undefined
  readonly people: People
  /** As the settings in force say. */
  settings(): ControllerSettings
  /** @throws {Problem} 409 `GATEWAY_OFF` */
  controller(): Controller
  subscribe(listener: (event: ControllerEvent) => void): Disposable
}

/** The controller where the settings say: it comes, moves and goes while the node runs. A node without it never loads it. */
export class GatewayHost implements AccessOfNode, AsyncDisposable {
  readonly #options: GatewayHostOptions
  readonly #listeners = new Set<(event: ControllerEvent) => void>()
  #open: Open | undefined

  constructor(options: GatewayHostOptions) {
    this.#options = options
  }

  get running(): Controller | undefined {
    return this.#open?.controller
  }

  get people(): People {
    return this.#options.people
  }

  settings(): ControllerSettings {
    return controllerSettings(this.#open?.section ?? this.#options.settings())
  }

  controller(): Controller {
    if (this.#open) return this.#open.controller
    const text =
      'this node is no controller of zero-trust access: set gateway.enabled in the settings, or ask another node'
    throw new Problem(409, 'GATEWAY_OFF', text)
  }

  subscribe(listener: (event: ControllerEvent) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** Puts settings in force. @throws {NodeError} `NODE_LISTEN` and all is as it was */
  async apply(section: Section): Promise<void> {
    const before = this.#open
    if (!section.enabled) {
      this.#open = undefined
      await before?.controller[Symbol.asyncDispose]()
      return
    }
    if (before && isDeepStrictEqual(before.section, section)) return
    const stays = before?.section.host === section.host && before.section.port === section.port
    // The same port cannot be bound twice: then the old one stops first, and begins again if need be.
    const mustStop = !stays && before?.controller.address.port === section.port
    if (before && !mustStop) return await this.#change(before, section)
    this.#open = undefined
    await before?.controller[Symbol.asyncDispose]()
    try {
      this.#open = await this.#begin(section)
    } catch (error) {
      if (before) this.#open = await this.#begin(before.section)
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.controller[Symbol.asyncDispose]()
    this.#listeners.clear()
  }

  async #change(open: Open, section: Section): Promise<void> {
    const before = open.section
    open.section = section
    try {
      await open.controller.apply()
    } catch (error) {
      open.section = before
      throw listenError(error, section) ?? error
    }
  }

  async #begin(section: Section): Promise<Open> {
    const { store, node, people } = this.#options
    const state = { section }
    const { createController } = await import('@portolan/gateway')
    try {
      const controller = await createController({
        store,
        node,
        people,
        settings: () => controllerSettings(state.section),
        onEvent: event => {
          for (const listener of [...this.#listeners]) listener(event)
        },
      })
      return Object.assign(state, { controller })
    } catch (error) {
      throw listenError(error, section) ?? error
    }
  }
}

/** The error of a port that cannot be had; undefined for others. */
function listenError(error: unknown, { host, port }: Section): NodeError | undefined {
  const advice = adviceFor(error) ?? (error instanceof Error ? adviceFor(error.cause) : undefined)
  if (advice === undefined) return undefined
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return new NodeError('NODE_LISTEN', `the gateway cannot listen on ${at}: ${advice}`, { cause: error })
}

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; set gateway.port to another one',
  EACCES: 'ports below 1024 need the right to bind them',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no address is known for this name',
}

function adviceFor(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? ADVICE[code] : undefined
}
