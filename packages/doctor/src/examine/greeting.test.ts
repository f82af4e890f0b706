import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greetingKind } from './greeting.ts'

const cases: readonly [string, string][] = [
  ['220 Ready\r\n', 'ftp'],
  ['220-Welcome\r\n', 'ftp'],
  ['220\r\n', 'ftp'],
  ['120 In a minute\r\n', 'ftp'],
  ['421 Too many\r\n', 'refused'],
  ['530 Go away\r\n', 'refused'],
  ['SSH-2.0-OpenSSH_9.2p1\r\n', 'ssh'],
  ['HTTP/1.1 400 Bad Request\r\n', 'http'],
  ['<!DOCTYPE html>', 'http'],
  ['220 mail.example.org ESMTP Postfix\r\n', 'mail'],
  ['+OK POP3 ready\r\n', 'mail'],
  ['\x15\x03\x01\x00\x02\x02\x28', 'tls'],
  ['\x16\x03\x03\x00\x7a', 'tls'],
  ['hello\r\n', 'other'],
  ['2200 bottles\r\n', 'other'],
]

for (const [text, kind] of cases) {
  test(`${JSON.stringify(text)} is ${kind}`, () => assert.equal(greetingKind(text), kind))
}
