import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { verifyPassword } from '@portolan/server'
import { printPasswordHash } from './hash-password.ts'

async function hashOf(typed: string, terminal = false): Promise<{ out: string[]; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const input = Object.assign(new PassThrough(), { isTTY: terminal })
  input.end(typed)
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    cwd: '/',
    errIsTerminal: false,
  }
  await printPasswordHash(io, input)
  return { out, err }
}

test('the first line of the input is hashed, blanks and all', async () => {
  const { out, err } = await hashOf(' se cret \nnot this\n')
  assert.equal(out.length, 1)
  assert.ok(await verifyPassword(out[0] ?? '', ' se cret '))
  assert.deepEqual(err, [])
})

test('a terminal is asked, and shows nothing of the password', async () => {
  const { out, err } = await hashOf('hunter2\r', true)
  assert.ok(await verifyPassword(out[0] ?? '', 'hunter2'))
  assert.deepEqual(err, ['Password (not shown):'])
})

test('no password is no hash', async () => {
  await assert.rejects(hashOf(''), { name: 'UserError', message: /^hash-password needs a password/ })
})
