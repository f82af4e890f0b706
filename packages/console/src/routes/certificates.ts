import { z } from 'zod'
import { certificate, certificateMake, certificateUpload, pageOf, pageQuery } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { CertificatesService } from '../resources/certificates/certificates-service.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { asJson } from '../resources/users/user-view.ts'

const byName = z.object({ name: z.string().max(64) })

/** Certificates. No answer has a private key in it. */
export const certificatesRoutes = (services: Services): Route[] => {
  const certificates = new CertificatesService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/certificates',
      access: 'certificates:read',
      summary: 'Certificates of the store, and the one in use',
      tag: 'certificates',
      query: pageQuery(['name', 'notAfter', 'subject']),
      response: pageOf(certificate),
      async handle({ query }) {
        const page = pageInMemory(await certificates.all(), query, {
          sortBy: (one, sort) => one[sort],
          texts: one => [one.name, one.subject, one.issuer, ...one.names],
        })
        return { items: [...page.items], total: page.total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/certificates',
      access: 'certificates:write',
      summary: 'Upload a certificate with its key; one of the same name is replaced',
      tag: 'certificates',
      body: certificateUpload,
      response: certificate,
      status: 201,
      async handle(ask) {
        const kept = await certificates.put(ask.body, actorOf(ask))
        ask.audit({ action: 'certificate.upload', target: kept.name, after: asJson(kept) })
        return kept
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/certificates/self-signed',
      access: 'certificates:write',
      summary: 'Make a certificate that no authority has signed',
      tag: 'certificates',
      body: certificateMake,
      response: certificate,
      status: 201,
      async handle(ask) {
        const made = await certificates.make(ask.body, actorOf(ask))
        ask.audit({ action: 'certificate.make', target: made.name, after: asJson(made) })
        return made
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/certificates/:name',
      access: 'certificates:write',
      summary: 'Delete a certificate that is not in use, with its key',
      tag: 'certificates',
      params: byName,
      async handle(ask) {
        const gone = await certificates.remove(ask.params.name)
        ask.audit({ action: 'certificate.delete', target: gone.name, before: asJson(gone) })
        return undefined
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/certificates/none/use',
      access: 'certificates:write',
      summary: 'Use none of the store: that of the settings file, or the self-signed one',
      tag: 'certificates',
      async handle(ask) {
        await certificates.useNone(actorOf(ask))
        ask.audit({ action: 'certificate.use', target: '' })
        return undefined
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/certificates/:name/use',
      access: 'certificates:write',
      summary: 'Use a certificate for everything that comes from now on',
      tag: 'certificates',
      params: byName,
      response: certificate,
      async handle(ask) {
        const used = await certificates.use(ask.params.name, actorOf(ask))
        ask.audit({ action: 'certificate.use', target: used.name })
        return used
      },
    }),
  ]
}
