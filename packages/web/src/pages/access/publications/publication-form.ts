import type { PublicationView, PublicationWrite } from '@portolan/console/contract'
import { bare, type Keyed, keyed } from '../../../components/keyed.ts'

export interface ListenerRow {
  readonly port: number | string
  readonly serverPort: number | string
}

export interface AddressRow {
  /** Empty: all clients. */
  readonly clients: string
  readonly address: string
  readonly enabled: boolean
}

/** A publication as its form holds it. */
export interface PublicationForm {
  name: string
  description: string
  enabled: boolean
  edges: string[]
  host: string
  listeners: readonly Keyed<ListenerRow>[]
  passive: {
    basePort: number | string
    numberOfPorts: number | string
    serverBasePort: number | string
  }
  addressRules: readonly Keyed<AddressRow>[]
  server: string
  serverGroup: string
}

export const emptyListener = (): Keyed<ListenerRow> => keyed({ port: '', serverPort: '' })
export const emptyAddressRow = (): Keyed<AddressRow> => keyed({ clients: '', address: '', enabled: true })

/** What the form opens with; undefined for a new publication. */
export function formOfPublication(view: PublicationView | undefined, serverGroup = ''): PublicationForm {
  return {
    name: view?.name ?? '',
    description: view?.description ?? '',
    enabled: view?.enabled ?? true,
    edges: [...(view?.edges ?? [])],
    host: view?.host ?? '0.0.0.0',
    listeners: (view?.listeners ?? [{ port: 21, serverPort: 21 }]).map(keyed),
    passive: { ...(view?.passive ?? { basePort: 61_000, numberOfPorts: 1_024, serverBasePort: 61_000 }) },
    addressRules: (view?.addressRules ?? [{ address: 'control', enabled: true }]).map(
      ({ clients = '', address, enabled }) => keyed({ clients, address, enabled }),
    ),
    server: view?.server ?? '',
    serverGroup: view?.serverGroup ?? serverGroup,
  }
}

/** What is sent to make or to replace the publication. */
export function writeOfPublication(
  form: PublicationForm,
  view: Pick<PublicationView, 'revision'> | undefined,
): PublicationWrite {
  const description = form.description.trim()
  const { basePort, numberOfPorts, serverBasePort } = form.passive
  return {
    name: form.name.trim(),
    ...(description !== '' && { description }),
    enabled: form.enabled,
    ...(form.edges.length > 0 && { edges: form.edges }),
    host: form.host.trim(),
    listeners: form.listeners.map(bare).map(({ port, serverPort }) => ({
      port: Number(port),
      serverPort: Number(serverPort === '' ? port : serverPort),
    })),
    passive: {
      basePort: Number(basePort),
      numberOfPorts: Number(numberOfPorts),
      serverBasePort: Number(serverBasePort),
    },
    addressRules: form.addressRules.map(bare).map(({ clients, address, enabled }) => ({
      ...(clients.trim() !== '' && { clients: clients.trim() }),
      address: address.trim(),
      enabled,
    })),
    server: form.server.trim(),
    serverGroup: form.serverGroup,
    ...(view && { revision: view.revision }),
  }
}

/** Every field at which a mistake can stand. */
export const fieldsOfPublication = (form: Pick<PublicationForm, 'listeners' | 'addressRules'>): string[] => [
  ...['name', 'description', 'edges', 'host', 'listeners', 'addressRules', 'server', 'serverGroup'],
  ...['passive', 'passive.basePort', 'passive.numberOfPorts', 'passive.serverBasePort'],
  ...form.listeners.flatMap((_, at) => ['', '.port', '.serverPort'].map(part => `listeners.${at}${part}`)),
  ...form.addressRules.flatMap((_, at) =>
    ['', '.clients', '.address'].map(part => `addressRules.${at}${part}`),
  ),
]

const HIGHEST_PORT = 65_535

/** The last port of a range, as one types; undefined while the numbers make none. */
export function endOfRange(basePort: number | string, numberOfPorts: number | string): number | undefined {
  const [base, count] = [Number(basePort), Number(numberOfPorts)]
  if (basePort === '' || numberOfPorts === '' || !Number.isInteger(base) || !Number.isInteger(count))
    return undefined
  const end = base + count - 1
  return base >= 1 && count >= 1 && end <= HIGHEST_PORT ? end : undefined
}
