export { type ActiveOptions, promiseActive } from './active.ts'
export { type ActiveListener, type ActiveListenOptions, listenForServer } from './active-accept.ts'
export { type AddressClass, classifyAddress } from './address-class.ts'
export {
  type AddressAsk,
  type AddressRules,
  compileAddressRules,
  type PassiveAddressRule,
} from './address-rules.ts'
export { checkAddressRules } from './address-rules-check.ts'
export { type ActiveEndpointAsk, checkActiveEndpoint } from './bounce.ts'
export { unwrapControl, unwrapControlClient } from './ccc.ts'
export {
  ClientTls,
  type ClientTlsOptions,
  type TlsIdentity,
} from './client-tls.ts'
export type * from './data-connection.ts'
export * from './decision.ts'
export { DialError, type DialOutcome } from './dial-error.ts'
export {
  createDialler,
  type Dialler,
  type DiallerOptions,
  type DialOptions,
  type DialTarget,
} from './dialler.ts'
export { DnsCache, type DnsCacheOptions, type Lookup } from './dns-cache.ts'
export * from './errors.ts'
export type { RandomBelow } from './free-set.ts'
export { compileGlobs, type Matcher } from './glob.ts'
export { descriptorOf, loadLibrary } from './kernel-calls.ts'
export type { FileTarget } from './kernel-receive.ts'
export type { FileRun } from './kernel-send.ts'
export {
  choosePasvAddress,
  type PasvAddressAsk,
  type PasvAddressChoice,
  type PasvAddressSetting,
} from './passive-address.ts'
export { type PassiveDialOptions, promisePassiveDial } from './passive-dial.ts'
export type { FailedPort } from './passive-listeners.ts'
export {
  type ClientKey,
  openPassivePorts,
  type PassiveFigures,
  type PassivePortState,
  type PassivePorts,
  type PassivePortsOptions,
  type PassivePortsSettings,
  type PreparedPorts,
} from './passive-ports.ts'
export type { PassiveNews, PassiveReservation } from './passive-reservation.ts'
export { CertificateError, type PeerCertificateFacts } from './peer-certificate.ts'
export {
  checkRanges,
  ephemeralRange,
  LOWEST_PORT,
  PortRange,
  type RangeSettings,
  reservedPorts,
} from './port-range.ts'
export type { Advertised } from './proxy-advertise.ts'
export { encodeProxyHeader } from './proxy-encode.ts'
export { readProxyHeader } from './proxy-header.ts'
export { type ParsedProxyHeader, type ProxyHeader, parseProxyHeader } from './proxy-protocol.ts'
export { type ProxyServer, parseProxyUrl } from './proxy-url.ts'
export { type ReadTarget, readInPlace } from './read-into.ts'
export type { PortSharing } from './reservation-book.ts'
export * from './stream-end.ts'
export { createThrottle, type Throttle, type ThrottleOptions } from './throttle.ts'
export { SessionTls, type SessionTlsOptions } from './tls.ts'
export { serverSide, type TlsSide } from './tls-side.ts'
export { TrustedNetworks } from './trusted-networks.ts'
export {
  compileUserClasses,
  DEFAULT_USER_CLASS,
  type UserClassAsk,
  type UserClassRule,
} from './user-class.ts'
