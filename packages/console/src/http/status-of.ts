import type { FtpErrorCode } from '@portolan/client'
import type { GatewayError, GatewayErrorCode } from '@portolan/gateway'
import type { FileAccessErrorCode, ServerErrorCode } from '@portolan/server'
import { SettingsError, type SettingsErrorCode } from '@portolan/settings'
import type { StoreErrorCode } from '@portolan/store'
import type { TransferError, TransferErrorCode } from '@portolan/transfers'
import type { NodeErrorCode } from '../node/node-error.ts'
import { Problem } from './problem.ts'

type Code =
  | StoreErrorCode
  | FtpErrorCode
  | ServerErrorCode
  | SettingsErrorCode
  | FileAccessErrorCode
  | NodeErrorCode
  | TransferErrorCode
  | GatewayErrorCode
  | 'CHANNEL_SETTING'

/** The HTTP status of every error of the layers below. What is not here is a fault of the program: 500, told to nobody. */
const STATUS_OF = {
  STORE_UNAVAILABLE: 503,
  STORE_FULL: 507,
  STORE_CONFLICT: 409,
  STORE_EXISTS: 409,
  STORE_MISSING: 404,
  STORE_LAST_ADMINISTRATOR: 409,
  STORE_NEWER: 503,
  STORE_LOCKED: 503,
  STORE_KEY: 503,
  STORE_CORRUPT: 503,
  STORE_FOLDER: 503,

  SERVER_LISTEN: 409,
  SERVER_FOLDER: 422,
  SERVER_CERTIFICATE: 422,
  SERVER_SETTING: 422,
  SERVER_WORKER: 503,
  SERVER_CLOSED: 503,

  SETTINGS_INVALID: 422,
  SETTINGS_SYNTAX: 422,
  SETTINGS_FILE: 409,

  NODE_LISTEN: 409,

  CHANNEL_SETTING: 422,

  TRANSFER_INVALID: 422,
  TRANSFER_MISSING: 404,
  TRANSFER_USED: 409,
  TRANSFER_DISABLED: 409,
  TRANSFER_ACTIVE_ZONE: 409,

  GATEWAY_INVALID: 422,
  GATEWAY_USED: 409,
  GATEWAY_MISSING: 404,
  GATEWAY_INVITATION: 422,
  GATEWAY_ENROL_REFUSED: 403,
  GATEWAY_SIGN_IN_REFUSED: 403,
  GATEWAY_CODE_NEEDED: 403,
  GATEWAY_REVOKED: 403,
  GATEWAY_UNREACHABLE: 503,
  GATEWAY_PEER: 502,
  GATEWAY_PROTOCOL: 502,
  GATEWAY_IDENTITY: 503,
  GATEWAY_INTERCEPT: 503,
  GATEWAY_CLOSED: 503,

  FILE_MISSING: 404,
  FILE_EXISTS: 409,
  FILE_DENIED: 403,
  FILE_NAME: 422,
  FILE_QUOTA: 507,
  FILE_FULL: 507,
  FILE_BUSY: 503,
  FILE_BROKEN: 400,
  FILE_FAILED: 500,

  // Another FTP server that this node spoke to: it is the gateway then (RFC 9110 section 15.6.3).
  FTP_SETTING: 422,
  FTP_CONNECT: 502,
  FTP_GREETING: 502,
  FTP_TLS: 502,
  FTP_LOGIN: 502,
  FTP_REPLY: 502,
  FTP_PROTOCOL: 502,
  FTP_TIMEOUT: 504,
  FTP_CLOSED: 502,
  FTP_DATA: 502,
  FTP_TRANSFER: 502,
  FTP_VERIFY: 502,
  FTP_CHANGED: 409,
  FTP_LOCAL: 500,
  FTP_NAME: 502,
  FTP_UNSUPPORTED: 502,
  FTP_BUSY: 503,
  FTP_ABORTED: 503,
} as const satisfies Record<Code, number>

/** Errors of the HTTP layer below the routes, with words for those who meet them. */
const OF_FASTIFY: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'BODY_TOO_LARGE', 'The body is larger than the 1 MiB that are taken.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'BODY_TYPE', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'BODY_LENGTH', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'BODY_EMPTY', 'The body is empty; send JSON, or no Content-Type.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'BODY_NO_JSON', 'The body is no JSON.'],
  FST_ERR_BAD_URL: [400, 'URL_INVALID', 'The URL is not well-formed.'],
  FST_ERR_ASYNC_CONSTRAINT: [400, 'URL_INVALID', 'The URL is not well-formed.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'URL_TOO_LONG', 'A part of the URL is too long.'],
}

/**
 * What a caller is told of an error; undefined when it is nothing that he can do something about: a fault of the program.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  if (!(error instanceof Error)) return undefined
  // `__proto__` in a body is a SyntaxError with this status, without a code.
  const isBadJson = error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400
  const code = isBadJson ? 'FST_ERR_CTP_INVALID_JSON_BODY' : 'code' in error ? error.code : undefined
  if (typeof code !== 'string') return undefined
  const known = OF_FASTIFY[code]
  if (known) return new Problem(...known, undefined, { cause: error })
  if (!isKnown(code)) return undefined
  const status = STATUS_OF[code]
  const headers = status === 503 ? { headers: { 'retry-after': '2' } } : {}
  const has = error instanceof SettingsError || isLazyError(error)
  const errors = has && error.problems.length > 0 ? error.problems.map(plain) : undefined
  return new Problem(status, code, error.message, errors, { cause: error, ...headers })
}

/** By their names: the classes come with the engine and the gateway, which are loaded when they are needed. */
const isLazyError = (error: Error): error is TransferError | GatewayError =>
  error.name === 'TransferError' || error.name === 'GatewayError'

const isKnown = (code: string): code is Code => Object.hasOwn(STATUS_OF, code)

const plain = ({ path, message }: { path: string; message: string }) => ({ path, message })
