import type { Socket } from 'node:net'
import type { Status } from '../../codes.ts'
import { StreamRefused } from '../../wire/types.ts'
import type { Ask, Passage } from '../reach.ts'

/** Something that reaches everything: an echo is there. */
export function echoReach(refuse: (ask: Ask) => Status | undefined = () => undefined): {
  readonly asks: Ask[]
  readonly reach: { reach(ask: Ask, signal: AbortSignal): Promise<Passage> }
} {
  const asks: Ask[] = []
  return {
    asks,
    reach: {
      async reach(ask) {
        asks.push(ask)
        const status = refuse(ask)
        if (status) throw new StreamRefused(status)
        return { how: 'forwarded', giveUp: () => {}, join: (client: Socket) => void client.pipe(client) }
      },
    },
  }
}
