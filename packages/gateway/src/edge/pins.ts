import { PIN_LINGER_MS } from './bounds.ts'

/** A control connection that stands. */
interface Control {
  readonly session: string
  /** That was asked for. */
  readonly port: number
  /** At one address there may be several servers. */
  readonly segment: string
  /** The connector reads it. */
  readonly isRead: boolean
  /** It was read, and nobody can any more. */
  isEncrypted: boolean
}

/** Streams that have to leave by one connector, because an FTP server compares the addresses of control and data connections. */
export interface Pin {
  readonly key: string
  /** The member id of the connector. It may change only while nothing is open. */
  connector: string | undefined
  /** Streams that stand. */
  open: number
  /** Streams that are being opened. */
  opening: number
  /** Control connections that stand, the newest last. */
  readonly controls: Control[]
  /** Milliseconds since 1970, when the last stream ended; undefined while there is one. */
  idleSince: number | undefined
}

export interface PinTable {
  readonly size: number
  /** The pin of that key that holds now; undefined when there was none, or its linger is over. */
  find(key: string): Pin | undefined
  /** Begins to open a stream. {@link PinTable.opened} or {@link PinTable.failed} follows, once. */
  join(key: string): Pin
  /** As {@link PinTable.join}, on a pin that is new: the streams of the old one keep theirs. */
  renew(pin: Pin): Pin
  /** The stream stands, on that connector. {@link PinTable.closed} follows, once. */
  opened(pin: Pin, connector: string): void
  failed(pin: Pin): void
  closed(pin: Pin): void
  /** Forgets pins whose linger is over. */
  sweep(): void
}

/** @param lingerMs - how long a pin outlives its last stream, so that the next session of a program leaves by the same. Default 10 s. */
export function createPinTable(now: () => number, lingerMs = PIN_LINGER_MS): PinTable {
  const pins = new Map<string, Pin>()
  const isOver = ({ idleSince }: Pin) => idleSince !== undefined && now() - idleSince >= lingerMs

  const find = (key: string) => {
    const pin = pins.get(key)
    if (pin === undefined || !isOver(pin)) return pin
    pins.delete(key)
    return undefined
  }
  const make = (key: string) => {
    const pin: Pin = { key, connector: undefined, open: 0, opening: 1, controls: [], idleSince: undefined }
    pins.set(key, pin)
    return pin
  }
  const rest = (pin: Pin) => {
    if (pin.open > 0 || pin.opening > 0) return
    pin.idleSince = now()
    if (pin.connector === undefined && pins.get(pin.key) === pin) pins.delete(pin.key)
  }
  return {
    get size() {
      return pins.size
    },
    find,
    join(key) {
      const pin = find(key)
      if (pin === undefined) return make(key)
      pin.opening++
      pin.idleSince = undefined
      return pin
    },
    renew(pin) {
      pin.opening--
      rest(pin)
      return make(pin.key)
    },
    opened(pin, connector) {
      pin.opening--
      pin.open++
      pin.connector = connector
    },
    failed(pin) {
      pin.opening--
      rest(pin)
    },
    closed(pin) {
      pin.open--
      rest(pin)
    },
    sweep() {
      for (const [key, pin] of pins) if (isOver(pin)) pins.delete(key)
    },
  }
}

/** The pin of an agent's connections to a server. */
export const pinKey = (user: string, device: string, host: string): string =>
  JSON.stringify([user, device, host])

/** The pin of a client's connections to a publication. Four parts: no pin of an agent is like it. */
export const publicationPinKey = (publication: string, client: string): string =>
  JSON.stringify(['', '', publication, client])
