import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, describe, it } from 'node:test'
import { createAuthority } from '../pki/authority.ts'
import { memberIdentityOf } from '../pki/member-identity.ts'
import type { TlsIdentity } from '../transport/tls-settings.ts'
import { keepOwnCertificate } from './own-certificate.ts'

// What is waited for stands on timers that keep no process alive.
const alive = setInterval(() => {}, 60_000)
after(() => clearInterval(alive))

describe('the certificate of a controller', () => {
  it('names the node, and is made anew at two thirds of its lifetime', async () => {
    const authority = await createAuthority(Date.now())
    const next = Promise.withResolvers<TlsIdentity>()
    using own = await keepOwnCertificate(authority, 'node-a', () => 300, Date.now, next.resolve)
    const first = new X509Certificate(own.identity.certificate)
    assert.deepEqual([memberIdentityOf(first)?.kind, memberIdentityOf(first)?.id], ['controller', 'node-a'])
    const renewed = await next.promise
    assert.notEqual(renewed.key, '')
    assert.notEqual(new X509Certificate(renewed.certificate).serialNumber, first.serialNumber)
    assert.equal(own.identity, renewed)
  })
})
