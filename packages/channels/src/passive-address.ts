import { type Endpoint, normaliseAddress } from '@portolan/protocol'
import { type AddressClass, classifyAddress } from './address-class.ts'
import { type Decision, decide } from './decision.ts'

/**
 * Which address a client dials after PASV. `control`: that of the control connection, whatever the server says: no server
 * can then point the client at somebody else (CVE-2020-8284, CVE-2021-4189). `auto`: the server's, unless it cannot be
 * right. `server`: the server's, as FXP and servers with several addresses need it. An address: that one.
 */
export type PasvAddressSetting = 'control' | 'auto' | 'server' | { readonly address: string }

/** What the choice is made from. */
export interface PasvAddressAsk {
  readonly setting: PasvAddressSetting
  /** What the 227 reply says. */
  readonly advertised: Endpoint
  /** The server's address on the control connection; that of the proxy behind a proxy. */
  readonly peer: string
  /** The control connection goes through a proxy, which is to be given the server's name instead of an address. Default false. */
  readonly proxied?: boolean
}

/** The address to dial, and why. */
export interface PasvAddressChoice extends Decision<Endpoint> {
  /**
   * What to dial once when the first choice does not answer: the control connection's address, and never the server's
   * choice, since whoever can make a connection fail could then choose where the client dials.
   */
  readonly alternative?: Endpoint
}

/**
 * Chooses what to dial after PASV. Codes: `pasv-forced`, `pasv-server`, `pasv-proxy`, `pasv-control`, and in `auto`
 * `pasv-same-address`, `pasv-unroutable`, `pasv-class-differs`, `pasv-same-class`.
 */
export function choosePasvAddress({
  setting,
  advertised,
  peer,
  proxied = false,
}: PasvAddressAsk): PasvAddressChoice {
  const { port } = advertised
  const said = normaliseAddress(advertised.address)
  const control = { address: normaliseAddress(peer), port }
  const server = { address: said, port }
  if (typeof setting === 'object') {
    const address = normaliseAddress(setting.address)
    return decide(
      { address, port },
      'pasv-forced',
      `Using address ${address}, which is set for passive mode, instead of the one suggested by the server: ${said}`,
    )
  }
  if (setting === 'server') {
    return decide(server, 'pasv-server', `Using address ${said}, which the server suggested, as it is set.`)
  }
  if (proxied) {
    const text = `The proxy is asked for the host of the control connection instead of the address suggested by the server: ${said}`
    return decide(control, 'pasv-proxy', text)
  }
  if (setting === 'control') {
    const text = `Using host address ${control.address} of the control connection; the server suggested ${said}`
    return decide(control, 'pasv-control', text)
  }
  return automatic(server, control)
}

function automatic(server: Endpoint, control: Endpoint): PasvAddressChoice {
  const { address } = server
  if (address === control.address) {
    const text = `The server suggested ${address}, the address of the control connection.`
    return decide(control, 'pasv-same-address', text)
  }
  const suggested = classifyAddress(address)
  const reached = classOfPeer(control.address)
  if (suggested !== 'unusable' && suggested === reached) {
    const text = `Using address ${address}, which the server suggested: like the control connection’s ${control.address} it is ${suggested}.`
    return { ...decide(server, 'pasv-same-class', text), alternative: control }
  }
  // The words that administrators search for: WinSCP logs them, too.
  return decide(
    control,
    suggested === 'unusable' ? 'pasv-unroutable' : 'pasv-class-differs',
    `Server sent passive reply with unroutable address ${address}, using host address instead.`,
  )
}

/** An address that carries the control connection is good for something, whatever the registries say of it. */
function classOfPeer(address: string): AddressClass {
  const found = classifyAddress(address)
  return found === 'unusable' ? 'global' : found
}
