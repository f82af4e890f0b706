import { ChannelError, type ChannelErrorCode } from '@portolan/channels'
import { ProtocolError, type Reply } from '@portolan/protocol'
import { StorageError, type StorageErrorCode } from '@portolan/storage'
import { Refused } from './commands/command.ts'
import { QuotaExceeded } from './policy/quota-gate.ts'
import type { ReplyKey, ReplyTexts } from './replies.ts'

/** Which reply a failure of the storage becomes. The one table of its kind. */
const STORAGE_REPLIES: Readonly<Record<StorageErrorCode, ReplyKey>> = {
  STORAGE_NOT_FOUND: 'file.unavailable',
  STORAGE_EXISTS: 'file.unavailable',
  STORAGE_NOT_EMPTY: 'file.unavailable',
  STORAGE_NOT_A_FILE: 'file.unavailable',
  STORAGE_NOT_A_FOLDER: 'file.unavailable',
  STORAGE_FORBIDDEN: 'file.unavailable',
  STORAGE_BAD_NAME: 'file.bad-name',
  STORAGE_OUTSIDE: 'file.unavailable',
  STORAGE_BUSY: 'file.busy',
  STORAGE_FULL: 'file.no-space',
  STORAGE_TOO_LARGE: 'file.quota',
  STORAGE_BAD_OFFSET: 'file.bad-offset',
  STORAGE_ACROSS: 'file.bad-name',
  STORAGE_UNSUPPORTED: 'command.bad-parameter',
  STORAGE_FAILED: 'transfer.local-error',
}

/** Which reply a missing data connection becomes; `data.failed` (425) where nothing else is said. */
const CHANNEL_REPLIES: Readonly<Partial<Record<ChannelErrorCode, ReplyKey>>> = {
  CHANNEL_BOUNCE: 'data.bounce',
  CHANNEL_TLS_HANDSHAKE: 'data.tls-failed',
  CHANNEL_ABORTED: 'transfer.broken',
}

/** The reply of a failure that a client may hear of; undefined for what is our own fault. */
export function replyForError(error: unknown, texts: ReplyTexts): Reply | undefined {
  if (error instanceof Refused) return error.reply
  if (error instanceof QuotaExceeded) return texts.say('file.quota', { text: error.message })
  if (error instanceof StorageError) return texts.say(STORAGE_REPLIES[error.code], { text: error.message })
  if (error instanceof ChannelError)
    return texts.say(CHANNEL_REPLIES[error.code] ?? 'data.failed', { text: error.message })
  if (error instanceof ProtocolError) return protocolReply(error, texts)
  return undefined
}

/** The stable code of a failure: its own, or that of its reply. */
export function failureCode(error: unknown): string {
  if (error instanceof Refused) return `REPLY_${error.reply.code}`
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
}

/** RFC 2428 has a code of its own for an address family that is not spoken; all else about an argument is 501. */
function protocolReply(error: ProtocolError, texts: ReplyTexts): Reply {
  if (error.code === 'PROTOCOL_UNSUPPORTED_FAMILY') return texts.say('data.family', { families: '(1,2)' })
  return texts.say('command.bad-argument', { text: error.message })
}
