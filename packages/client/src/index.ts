export { type CallOptions, FtpClient } from './client.ts'
export { ControlConnection } from './control/control-connection.ts'
export type { Exchange } from './control/exchange.ts'
export { seenAddress } from './data/seen-address.ts'
export { FtpError, type FtpErrorCode, type LeftRung, type Phase, type Rung, replyText } from './errors.ts'
export type { ClientEvent, DecisionAbout } from './events.ts'
export { type HostFacts, HostMemory } from './host-memory.ts'
export { mirror } from './mirror/mirror.ts'
export type { CompareBy, LinkRule, MirrorOptions } from './mirror/options.ts'
export type { MirrorAction, MirrorEvent, MirrorFailure, MirrorSummary } from './mirror/summary.ts'
export type { DownloadOptions, DownloadResult, KnownFile } from './operations/download.ts'
export type { DownloadTarget } from './operations/download-with-retries.ts'
export { type FxpOptions, type FxpResult, fxp } from './operations/fxp.ts'
export type { FxpProtection } from './operations/fxp-protection.ts'
export type { FolderListing } from './operations/list.ts'
export type { RemoteChecksum } from './operations/remote-checksum.ts'
export type { UploadOptions, UploadResult } from './operations/upload.ts'
export type { UploadSource } from './operations/upload-with-retries.ts'
export {
  type ClientOptions,
  type Mode,
  type ResolvedOptions,
  resolveOptions,
  type TlsMode,
  type TlsOptions,
} from './options.ts'
export type { RetryPolicy } from './retry.ts'
export { logIn } from './session/login.ts'
export { clientTlsOptions, openSession } from './session/open-session.ts'
export { Session } from './session/session.ts'
export { DEFAULT_TIMEOUTS, type Timeouts } from './timeouts.ts'
export { type FtpUrl, formatFtpUrl, looksLikeUrl, maskUrl, parseFtpUrl } from './url.ts'
