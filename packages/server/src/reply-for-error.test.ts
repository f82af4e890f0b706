import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChannelError, type ChannelErrorCode } from '@portolan/channels'
import { ProtocolError, type ProtocolErrorCode, reply } from '@portolan/protocol'
import { StorageError, type StorageErrorCode } from '@portolan/storage'
import { Refused } from './commands/command.ts'
import { QuotaExceeded } from './policy/quota-gate.ts'
import { ReplyTexts } from './replies.ts'
import { replyForError } from './reply-for-error.ts'

const texts = new ReplyTexts()
const SENTENCE = 'What happened, and what to do.'

const STORAGE: Readonly<Record<StorageErrorCode, number>> = {
  STORAGE_NOT_FOUND: 550,
  STORAGE_EXISTS: 550,
  STORAGE_NOT_EMPTY: 550,
  STORAGE_NOT_A_FILE: 550,
  STORAGE_NOT_A_FOLDER: 550,
  STORAGE_FORBIDDEN: 550,
  STORAGE_OUTSIDE: 550,
  STORAGE_BAD_NAME: 553,
  STORAGE_ACROSS: 553,
  STORAGE_BUSY: 450,
  STORAGE_FULL: 452,
  STORAGE_TOO_LARGE: 552,
  STORAGE_BAD_OFFSET: 554,
  STORAGE_UNSUPPORTED: 504,
  STORAGE_FAILED: 451,
}
const CHANNEL: Readonly<Record<ChannelErrorCode, number>> = {
  CHANNEL_SETTING: 425,
  CHANNEL_NO_PORT: 425,
  CHANNEL_LISTEN: 425,
  CHANNEL_ACCEPT_TIMEOUT: 425,
  CHANNEL_REPLACED: 425,
  CHANNEL_DIAL: 425,
  CHANNEL_BOUNCE: 500,
  CHANNEL_ADDRESS: 425,
  CHANNEL_TLS_HANDSHAKE: 425,
  CHANNEL_PROXY_HEADER: 425,
  CHANNEL_ABORTED: 426,
}
const PROTOCOL: Readonly<Record<ProtocolErrorCode, number>> = {
  PROTOCOL_BAD_ARGUMENT: 501,
  PROTOCOL_BAD_ADDRESS: 501,
  PROTOCOL_UNSUPPORTED_FAMILY: 522,
  PROTOCOL_CONTROL_CHARACTER: 501,
  PROTOCOL_BAD_REPLY: 501,
  PROTOCOL_REPLY_TOO_LONG: 501,
  PROTOCOL_LISTING_TOO_LONG: 501,
}

/** The entries of a table, with the keys as they were typed. */
function rows<K extends string>(table: Readonly<Record<K, number>>): [K, number][] {
  const keys = Object.keys(table).filter((key): key is K => Object.hasOwn(table, key))
  return keys.map(key => [key, table[key]])
}

type Case = [code: string, error: Error, reply: number]

const cases: readonly Case[] = [
  ...rows(STORAGE).map(([code, to]): Case => [code, new StorageError(code, SENTENCE), to]),
  ...rows(CHANNEL).map(([code, to]): Case => [code, new ChannelError(code, SENTENCE), to]),
  ...rows(PROTOCOL).map(([code, to]): Case => [code, new ProtocolError(code, SENTENCE), to]),
  ['QUOTA_EXCEEDED', new QuotaExceeded(SENTENCE), 552],
]

for (const [code, error, expected] of cases) {
  test(`${code} is answered ${expected}, in its own words`, () => {
    const answer = replyForError(error, texts)
    assert.equal(answer?.code, expected)
    // RFC 2428 section 2 prescribes the text of 522.
    assert.equal(
      answer?.lines[0],
      expected === 522 ? 'Network protocol not supported here, use (1,2)' : SENTENCE,
    )
  })
}

test('a refusal is the reply that it holds', () => {
  const answer = reply(534, 'No.')
  assert.equal(replyForError(new Refused(answer), texts), answer)
})

test('what is our own fault has no words for clients', () => {
  const ours = [
    new TypeError('x is undefined'),
    Object.assign(new Error('/srv/secret'), { code: 'EIO' }),
    'text',
    undefined,
  ]
  for (const error of ours) assert.equal(replyForError(error, texts), undefined)
})

test('the texts of the administrator are used', () => {
  const own = new ReplyTexts({ 'file.busy': 'Come back later.' })
  assert.deepEqual(
    replyForError(new StorageError('STORAGE_BUSY', SENTENCE), own),
    reply(450, 'Come back later.'),
  )
})
