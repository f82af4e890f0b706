export { type Authenticator, SettingsAuthenticator, type UserRecord } from './controller/authenticator.ts'
export { loadCertificate } from './controller/certificates.ts'
export { makeSelfSigned } from './controller/self-signed.ts'
export { ServerError, type ServerErrorCode } from './errors.ts'
export type { ServerEvent, SessionRef, TransferFacts, TransferVerdict } from './events.ts'
export {
  type FileAccess,
  type FileAccessAsk,
  FileAccessError,
  type FileAccessErrorCode,
  type FileDownload,
  type FileEntry,
  type FileFacts,
  type FileRange,
  type FolderView,
} from './file-access.ts'
export type { WebLogin, WebLoginAnswer } from './files/web-door.ts'
export type {
  BanInfo,
  DataConnectionInfo,
  DialogueLine,
  PortInfo,
  PortsPicture,
  SessionDetail,
} from './inspect.ts'
export type { Certificate, SessionInfo, WorkerFigures } from './link.ts'
export { hashPassword, verifyPassword } from './password.ts'
export { compilePermissions } from './policy/permissions.ts'
export { REPLIES, type ReplyKey } from './replies.ts'
export { FtpServer, type FtpServerOptions, type ListenerAddress, type ServerFigures } from './server.ts'
