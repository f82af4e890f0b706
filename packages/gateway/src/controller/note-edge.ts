import type { Store } from '@portolan/store'
import { GatewayError } from '../errors.ts'
import { formatAddress, parseAddress } from '../transport/address.ts'
import { asJson, documentOf } from './member-document.ts'

/** What an edge says of itself, and where it came from. */
export interface EdgeNote {
  readonly id: string
  readonly node: string
  readonly version: string
  /** `HOST:PORT`. */
  readonly addresses: readonly string[]
  readonly from: string
}

/** Keeps in the store what an edge said when it came, if that is news. */
export async function noteEdge({ access }: Pick<Store, 'access'>, note: EdgeNote): Promise<void> {
  const row = await access.members.get(note.id)
  if (!row) return
  const before = documentOf(row)
  const addresses = note.addresses.flatMap(address => reachable(address, note.from))
  const same =
    before.node === note.node &&
    before.version === note.version &&
    JSON.stringify(before.addresses) === JSON.stringify(addresses)
  if (same) return
  const document = asJson({ ...before, node: note.node, version: note.version, addresses })
  await access.members.change(note.id, { document, ifSerial: row.serial })
}

/** An edge that binds all addresses of its machine is reached where it comes from, as far as anybody can tell. */
function reachable(address: string, from: string): string[] {
  try {
    const { host, port } = parseAddress(address)
    return [formatAddress({ host: host === '0.0.0.0' || host === '::' ? from : host, port })]
  } catch (error) {
    if (error instanceof GatewayError) return []
    throw error
  }
}
