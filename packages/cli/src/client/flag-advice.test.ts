import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hintWithFlags } from './flag-advice.ts'

const table: { message: string; hint?: string; shown: string | undefined }[] = [
  { message: 'It broke.', shown: undefined },
  { message: 'It broke.', hint: 'Try again.', shown: 'Try again.' },
  {
    message:
      'Not trusted: give its CA (ca), pin it if it is right (its SHA-256 is AB), or accept any (verify: false).',
    shown: 'The flag for it: --ca FILE, --pin FINGERPRINT or --insecure.',
  },
  {
    message: 'No data connection could be had.',
    hint: 'Mode auto tries active mode as well.',
    shown: 'Mode auto tries active mode as well. The flag for it: --mode auto.',
  },
  {
    message: 'Refused.',
    hint: 'The server wants TLS before the login: use explicit TLS.',
    shown: 'The server wants TLS before the login: use explicit TLS. The flag for it: --tls explicit.',
  },
  {
    message: 'The server does not start TLS: 500.',
    hint: 'Implicit TLS on port 990 may work.',
    shown: 'Implicit TLS on port 990 may work. The flag for it: --tls implicit.',
  },
]

for (const { message, hint, shown } of table) {
  test(`${message} ${hint ?? ''} is followed by ${shown ?? 'nothing'}`, () => {
    assert.equal(hintWithFlags({ message, hint }), shown)
  })
}
