import { isIP } from 'node:net'
import {
  type AddressAsk,
  ChannelError,
  compileAddressRules,
  DEFAULT_USER_CLASS,
  type Decision,
  DnsCache,
  decide,
  type PassiveAddressRule,
} from '@portolan/channels'
import { normaliseAddress } from '@portolan/protocol'
import type { z } from 'zod'
import type { PassivePreview, passivePreviewBody } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { checkDraft } from './draft-check.ts'
import { machineAddresses, reachedAt } from './local-address.ts'
import { classOf } from './user-class.ts'

/** How long a name of a rule is looked up, in milliseconds. */
const DNS_MS = 2_000

/** Says what a client would be told in the answer to PASV, by the very code that tells it. */
export class PassivePreviewer {
  readonly #services: Services
  readonly #dns = new DnsCache({ timeoutMs: DNS_MS })

  constructor(services: Services) {
    this.#services = services
  }

  /** @throws {Problem} 422 for rules and addresses that are none */
  async preview(body: z.output<typeof passivePreviewBody>): Promise<PassivePreview> {
    const { passive } = this.#services.inForce()
    const { rules = passive.addressRules } = body
    const client = addressOf('client', body.client)
    if (body.rules) checkDraft({ passive: { addressRules: body.rules } }, RULES)
    const { value: userClass, because: userClassBecause } = await this.#classOf(body, client)
    const ask: AddressAsk = { userClass, client, family: 4, ...this.#endsOf(body.destination, client) }
    const rule = await placeThatFits(rules, ask)
    const told = await this.#choose(rules, ask)
    const who = `A client of class ${userClass} from ${client}, connected to ${ask.destination}, will be told`
    return {
      userClass,
      userClassBecause,
      address: told.value,
      because: told.because,
      ...(rule !== undefined && { rule }),
      sentence:
        told.value === ''
          ? `${who} no address, because ${told.because.text}.`
          : `${who} ${told.value}, because ${told.because.text}.${passive.enabled ? '' : PASSIVE_OFF}`,
    }
  }

  async #classOf(body: z.output<typeof passivePreviewBody>, address: string): Promise<Decision<string>> {
    if (body.user !== undefined && body.user !== '') {
      const { userClass, because } = await classOf(this.#services, { user: body.user, address })
      return decide(userClass, because.code, because.text)
    }
    const { userClass = DEFAULT_USER_CLASS } = body
    return decide(userClass, 'given', `the class ${userClass} was asked for`)
  }

  /** What the client dialled, and the address of this machine at which it arrives: behind PROXY protocol or NAT another one. */
  #endsOf(given: string | undefined, client: string): { destination: string; local: string } {
    const [listener] = this.#services.server.addresses
    const local = reachedAt(listener?.host ?? '0.0.0.0', client)
    if (given === undefined) return { destination: local, local }
    const destination = addressOf('destination', given)
    const isOurs = machineAddresses().some(({ address }) => address === destination)
    return { destination, local: isOurs ? destination : local }
  }

  /** No address is an answer, too: PASV is refused then, for this very reason. */
  async #choose(rules: readonly PassiveAddressRule[], ask: AddressAsk): Promise<Decision<string>> {
    try {
      return await compileAddressRules(rules, { dns: this.#dns }).choose(ask)
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error
      return decide('', error.code, error.message)
    }
  }
}

const RULES = { path: 'passive.addressRules', field: 'rules' }
const PASSIVE_OFF = ' But passive mode is switched off (passive.enabled): PASV is refused.'

/** @throws {Problem} 422 */
export function addressOf(path: string, text: string): string {
  const address = text.trim()
  if (isIP(address) !== 0 && !address.includes('%')) return normaliseAddress(address)
  const message = 'must be an IP address such as 198.51.100.20'
  throw new Problem(422, 'SETTINGS_INVALID', `${path}: ${message}`, [{ path, message }])
}

/** The place of the first rule that fits. What it would tell does not matter, so no name is looked up. */
async function placeThatFits(
  rules: readonly PassiveAddressRule[],
  ask: AddressAsk,
): Promise<number | undefined> {
  for (const [place, rule] of rules.entries()) {
    if (rule.enabled === false) continue
    const alone = compileAddressRules([{ ...rule, address: '192.0.2.1' }])
    if ((await alone.choose({ ...ask, local: '192.0.2.2' })).because.code === 'address-rule') return place
  }
}
