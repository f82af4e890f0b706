import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { ExpectNote } from '../control/messages.ts'
import type { Target } from '../policy/types.ts'

/** A user's programs open a few at a time; what is beyond forgets the oldest. */
const MAX_EXPECTED = 1_000

interface Expected {
  readonly hosts: ReadonlySet<string>
  readonly target: Target
  readonly until: number
}

/**
 * Data connections that a server has named on a control connection which the connector reads: addresses and ports that are no
 * application, each good for one connection within its seconds.
 */
export class Expectations {
  readonly #expected: Expected[] = []
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * @param control - host of the control connection as the client program asked for it: after EPSV, and with programs that pass
   * over the address of 227, data connections go there
   */
  note({ address, port, seconds }: ExpectNote, control: string): void {
    this.#forget()
    if (this.#expected.length >= MAX_EXPECTED) this.#expected.shift()
    this.#expected.push({
      hosts: new Set([address, control].map(plain)),
      target: { host: address, port },
      until: this.#now() + seconds * 1_000,
    })
  }

  /** What to ask the edge for; undefined: nobody expects that connection. It is good once. */
  take({ host, port }: Target): Target | undefined {
    this.#forget()
    const index = this.#indexOf(host, port)
    return index < 0 ? undefined : this.#expected.splice(index, 1)[0]?.target
  }

  /** The same without taking it. */
  peek({ host, port }: Target): Target | undefined {
    this.#forget()
    return this.#expected[this.#indexOf(host, port)]?.target
  }

  #indexOf(host: string, port: number): number {
    const wanted = plain(host)
    return this.#expected.findIndex(({ hosts, target }) => target.port === port && hosts.has(wanted))
  }

  #forget(): void {
    const now = this.#now()
    for (let index = this.#expected.length - 1; index >= 0; index -= 1) {
      if ((this.#expected[index]?.until ?? 0) <= now) this.#expected.splice(index, 1)
    }
  }
}

const plain = (host: string) =>
  isAddress(host) ? normaliseAddress(host) : host.toLowerCase().replace(/\.$/, '')
