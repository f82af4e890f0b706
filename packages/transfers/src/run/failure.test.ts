import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FtpError, type FtpErrorCode } from '@portolan/client'
import { StoreError } from '@portolan/store'
import { TransferError } from '../errors.ts'
import { FilesFailed, failureOf, RunError } from './failure.ts'

const ftp = (code: FtpErrorCode, reply?: number, retryable = false) =>
  new FtpError(code, 'said no', {
    phase: 'command',
    retryable,
    ...(reply !== undefined && { reply: { code: reply, lines: ['no'] } }),
  })
const local = (errno: string) =>
  new FtpError('FTP_LOCAL', 'cannot', {
    phase: 'local',
    cause: Object.assign(new Error(errno), { code: errno }),
  })
const system = (code: string) => Object.assign(new Error(code), { code })

const CASES: readonly [
  name: string,
  error: unknown,
  code: string,
  transient: boolean,
  reach: 'file' | 'all',
][] = [
  ['a partner that is not there', ftp('FTP_CONNECT'), 'FTP_CONNECT', true, 'all'],
  ['a login that is refused', ftp('FTP_LOGIN', 530), 'FTP_LOGIN', false, 'all'],
  ['a certificate that is wrong', ftp('FTP_TLS'), 'FTP_TLS', false, 'all'],
  ['550', ftp('FTP_REPLY', 550), 'FTP_REPLY', false, 'file'],
  ['450', ftp('FTP_REPLY', 450, true), 'FTP_REPLY', true, 'file'],
  ['552: a quota that may be raised', ftp('FTP_REPLY', 552), 'FTP_REPLY', true, 'file'],
  ['bytes that are not what was sent', ftp('FTP_VERIFY'), 'FTP_VERIFY', true, 'file'],
  ['nonsense', ftp('FTP_PROTOCOL'), 'FTP_PROTOCOL', true, 'all'],
  ['an option that cannot be', ftp('FTP_SETTING'), 'FTP_SETTING', false, 'all'],
  ['a full disk here', local('ENOSPC'), 'FTP_LOCAL', true, 'all'],
  ['a file that may not be read', local('EACCES'), 'FTP_LOCAL', false, 'file'],
  ['a disk that fails in a step', system('EIO'), 'EIO', true, 'all'],
  ['a folder that may not be written', system('EACCES'), 'EACCES', false, 'file'],
  ['a store that is away', new StoreError('STORE_UNAVAILABLE', 'away'), 'STORE_UNAVAILABLE', true, 'all'],
  ['a site that is gone', new TransferError('TRANSFER_MISSING', 'gone'), 'TRANSFER_MISSING', false, 'all'],
  ['a source that is gone', new RunError('RUN_SOURCE_GONE', 'gone'), 'RUN_SOURCE_GONE', false, 'file'],
  ['some of many files', new FilesFailed('FTP_REPLY', '2 of 3', true, undefined), 'FTP_REPLY', true, 'file'],
  ['a mistake of ours', new TypeError('x is not a function'), 'RUN_BROKEN', true, 'all'],
]

for (const [name, error, code, transient, reach] of CASES)
  test(`${name}: ${transient ? 'tried again' : 'final'}, of ${reach === 'file' ? 'one file' : 'the whole step'}`, () => {
    const failure = failureOf(error)
    assert.deepEqual([failure.code, failure.transient, failure.reach], [code, transient, reach])
    assert.notEqual(failure.text, '')
  })
