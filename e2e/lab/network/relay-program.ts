/** Runs a relay with a middlebox's behaviour; its only argument is a JSON object. */
import { isMiddlebox, MIDDLEBOXES } from './middlebox.ts'
import { relayServer } from './relay.ts'

/** What the argument holds. */
interface RelaySettings {
  /** The behaviour. */
  readonly box: string
  /** The port to listen at, on all addresses. */
  readonly listen: number
  readonly host: string
  readonly port: number
}

const settings: RelaySettings = JSON.parse(process.argv[2] ?? '')
if (!isMiddlebox(settings.box)) throw new RangeError(`there is no middlebox ${settings.box}`)
relayServer(settings, MIDDLEBOXES[settings.box]).listen(settings.listen, '0.0.0.0')
