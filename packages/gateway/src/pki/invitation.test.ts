import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../errors.ts'
import { decodeInvitation, encodeInvitation } from './invitation.ts'
import type { Invitation } from './types.ts'

const INVITATION: Invitation = {
  kind: 'connector',
  addresses: ['edge.example.com:8443', '[2001:db8::1]:8443'],
  authority: 'ab'.repeat(32),
  key: 'Berlin',
  secret: 's3cr3t',
}
const TEXT = encodeInvitation(INVITATION)
const of = (value: unknown) => `ptl1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`

const WRONG: readonly [what: string, text: string, message: RegExp][] = [
  ['nothing', '', /begins with ptl1\./],
  ['another text', 'hello', /begins with ptl1\./],
  ['one that was cut off', TEXT.slice(0, -9), /cut off or was changed: copy the whole text/],
  ['the beginning alone', 'ptl1.', /characters that no invitation has/],
  ['one of a later release', TEXT.replace('ptl1.', 'ptl2.'), /version 2, and this release reads version 1/],
  ['one with foreign characters', `${TEXT}!`, /characters that no invitation has/],
  ['JSON that is no invitation', of({ kind: 'edge' }), /not an invitation \(addresses\)/],
  ['another kind', of({ ...INVITATION, kind: 'controller' }), /not an invitation \(kind\)/],
  ['no address to go to', of({ ...INVITATION, addresses: [] }), /not an invitation \(addresses\)/],
  ['a fingerprint that is none', of({ ...INVITATION, authority: 'ab' }), /not an invitation \(authority\)/],
  ['one that is far too long', `ptl1.${'A'.repeat(20_000)}`, /longer than 16384 characters/],
]

describe('an invitation', () => {
  it('is one text that says all of it', () => {
    assert.match(TEXT, /^ptl1\.[A-Za-z0-9_-]+$/)
    assert.deepEqual(decodeInvitation(TEXT), INVITATION)
  })

  it('is read when a mail has broken its line', () => {
    assert.deepEqual(decodeInvitation(` ${TEXT.slice(0, 40)}\r\n  ${TEXT.slice(40)}\n`), INVITATION)
  })

  for (const [what, text, message] of WRONG)
    it(`says what is wrong with ${what}`, () => {
      assert.throws(() => decodeInvitation(text), { code: 'GATEWAY_INVITATION', message })
    })

  it('comes back as it was, whatever it says', () => {
    const word = fc.string({ minLength: 1, maxLength: 64 })
    const any = fc.record(
      {
        kind: fc.constantFrom('edge' as const, 'connector' as const, 'agent' as const),
        addresses: fc.array(word, { minLength: 1, maxLength: 8 }),
        authority: fc.stringMatching(/^[0-9a-f]{64}$/),
        key: word,
        secret: word,
      },
      { requiredKeys: ['kind', 'addresses', 'authority'] },
    )
    fc.assert(
      fc.property(any, invitation => {
        assert.deepEqual(decodeInvitation(encodeInvitation(invitation)), { ...invitation })
      }),
    )
  })

  it('fails in words whatever is done to its text', () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length - 1), fc.nat(255), (at, byte) => {
        const changed = TEXT.slice(0, at) + String.fromCharCode(byte) + TEXT.slice(at + 1)
        try {
          decodeInvitation(changed)
        } catch (error) {
          assert.ok(error instanceof GatewayError)
          assert.equal(error.code, 'GATEWAY_INVITATION')
        }
      }),
    )
  })
})
