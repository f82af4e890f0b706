import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FtpError, type FtpErrorCode, type Phase } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { exitCodeOf, exitCodeOfRun } from './exit-codes.ts'

const failed = (code: FtpErrorCode, phase: Phase = 'command', reply?: number) =>
  new FtpError(code, 'x', { phase, ...(reply !== undefined && { reply: { code: reply, lines: ['x'] } }) })

const table: { error: unknown; exit: number }[] = [
  { error: new UserError('x'), exit: 2 },
  { error: failed('FTP_SETTING', 'settings'), exit: 2 },
  { error: failed('FTP_CONNECT', 'connect'), exit: 5 },
  { error: failed('FTP_GREETING', 'greeting'), exit: 5 },
  { error: failed('FTP_TLS', 'tls'), exit: 5 },
  { error: failed('FTP_LOGIN', 'login'), exit: 3 },
  { error: failed('FTP_BUSY', 'login'), exit: 3 },
  { error: failed('FTP_REPLY', 'command', 550), exit: 1 },
  { error: failed('FTP_REPLY', 'login', 530), exit: 3 },
  { error: failed('FTP_REPLY', 'command', 425), exit: 4 },
  { error: failed('FTP_REPLY', 'completion', 426), exit: 4 },
  { error: failed('FTP_REPLY', 'completion', 552), exit: 1 },
  { error: failed('FTP_REPLY', 'data-setup', 500), exit: 4 },
  { error: failed('FTP_PROTOCOL'), exit: 5 },
  { error: failed('FTP_TIMEOUT', 'greeting'), exit: 5 },
  { error: failed('FTP_TIMEOUT', 'login'), exit: 5 },
  { error: failed('FTP_TIMEOUT', 'command'), exit: 5 },
  { error: failed('FTP_TIMEOUT', 'transfer'), exit: 4 },
  { error: failed('FTP_CLOSED'), exit: 5 },
  { error: failed('FTP_DATA', 'data-connect'), exit: 4 },
  { error: failed('FTP_TRANSFER', 'transfer'), exit: 4 },
  { error: failed('FTP_VERIFY', 'completion'), exit: 1 },
  { error: failed('FTP_CHANGED', 'completion'), exit: 1 },
  { error: failed('FTP_LOCAL', 'local'), exit: 1 },
  { error: failed('FTP_NAME', 'local'), exit: 1 },
  { error: failed('FTP_UNSUPPORTED'), exit: 1 },
  { error: failed('FTP_ABORTED'), exit: 130 },
  { error: new TypeError('x'), exit: 1 },
  { error: 'x', exit: 1 },
]

for (const { error, exit } of table) {
  const what =
    error instanceof FtpError
      ? `${error.code} in phase ${error.phase}${error.reply ? ` with ${error.reply.code}` : ''}`
      : String(error)
  test(`${what} ends with ${exit}`, () => {
    assert.equal(exitCodeOf(error), exit)
  })
}

const runs: { title: string; done: number; failures: unknown[]; exit: number }[] = [
  { title: 'nothing to do', done: 0, failures: [], exit: 0 },
  { title: 'all done', done: 3, failures: [], exit: 0 },
  { title: 'some failed', done: 1, failures: [failed('FTP_LOGIN', 'login')], exit: 1 },
  {
    title: 'all failed alike',
    done: 0,
    failures: [failed('FTP_DATA', 'data-connect'), failed('FTP_TRANSFER', 'transfer')],
    exit: 4,
  },
  {
    title: 'all failed, each in its way',
    done: 0,
    failures: [failed('FTP_DATA', 'data-connect'), failed('FTP_LOGIN', 'login')],
    exit: 1,
  },
]

for (const { title, done, failures, exit } of runs) {
  test(`${title}: the run ends with ${exit}`, () => {
    assert.equal(exitCodeOfRun(done, failures), exit)
  })
}
