import { Dialogue } from './dialogue.ts'
import {
  type Embedded,
  type EmbeddedOptions,
  PASSWORD,
  type PartialSettings,
  startEmbedded,
} from './embedded.ts'

/** Addresses of loopback, each a client of its own. */
export const client = (number: number): string => `127.0.0.${number + 2}`

/** A server with bounds of a second. */
export function startImpatient(
  passive: PartialSettings['passive'] = {},
  options: EmbeddedOptions = {},
): Promise<Embedded> {
  return startEmbedded({
    ...options,
    settings: {
      timeouts: { stall: '1s', handshake: '1s', shutdown: '1s' },
      ...options.settings,
      passive: { waitTimeout: '1s', acceptTimeout: '1s', ...passive },
    },
  })
}

/** A session of `alice` from an address. */
export async function logIn(server: Embedded, from: string, user = 'alice'): Promise<Dialogue> {
  const dialogue = await Dialogue.begin({ ...server.at(), from })
  await dialogue.logIn(user, PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}
