import type { EdgeSays, EnrolReply, EnrolRequest } from '../control/messages.ts'
import { RELAYS } from './bounds.ts'
import type { Channel } from './reports.ts'

/** Questions of others that the controller answers: enrolments, sign-ins and renewals. */
export interface Relays {
  readonly waiting: number
  /** An enrolment or sign-in of somebody at that address. Never rejects. */
  enrol(request: EnrolRequest, from: string): Promise<EnrolReply>
  /** A certificate anew for a member that is connected. Never rejects. */
  renew(member: { id: string; serial: string }, csr: string): Promise<EnrolReply>
  answered(id: number, reply: EnrolReply): void
  /** The controller is gone: nobody waits for its answers any more. */
  lost(): void
}

/** @param bounds - those who wait, in all and from one address, and how long, in milliseconds. Default 64, 8, 10 s. */
export function createRelays(channel: Pick<Channel, 'isThere' | 'say'>, bounds = RELAYS): Relays {
  const waiting = new Map<number, { from: string; answer: (reply: EnrolReply) => void }>()
  let last = 0

  const ask = (from: string, question: (id: number) => EdgeSays): Promise<EnrolReply> => {
    if (!channel.isThere) return Promise.resolve(NO_CONTROLLER)
    const sameAddress = [...waiting.values()].filter(other => other.from === from).length
    if (waiting.size >= bounds.waiting || sameAddress >= bounds.perAddress) return Promise.resolve(BUSY)
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<EnrolReply>()
    const timer = setTimeout(() => waiting.get(id)?.answer(LATE), bounds.ms)
    const answer = (reply: EnrolReply) => {
      clearTimeout(timer)
      waiting.delete(id)
      resolve(reply)
    }
    waiting.set(id, { from, answer })
    channel.say(question(id))
    return promise
  }
  return {
    get waiting() {
      return waiting.size
    },
    enrol: (request, from) => ask(from, id => ({ type: 'relay', id, from, request })),
    renew: ({ id: member, serial }, csr) =>
      ask(`member ${member}`, id => ({ type: 'relay-renew', id, member, serial, csr })),
    answered: (id, reply) => waiting.get(id)?.answer(reply),
    lost() {
      for (const { answer } of [...waiting.values()]) answer(NO_CONTROLLER)
    },
  }
}

const refused = (text: string): EnrolReply => ({ type: 'refused', code: 'GATEWAY_UNREACHABLE', text })
const NO_CONTROLLER = refused(
  'The edge has no controller at the moment. Try again later, or at another edge.',
)
const BUSY = refused('The edge waits for as many answers of its controller as it may. Try again later.')
const LATE = refused('The controller did not answer in time. Try again later.')
