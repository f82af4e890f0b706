import type { SiteView, SiteWrite } from '@portolan/console/contract'
import { formOfRetry, type RetryForm, retryOfForm } from '../site-transfers/transfer-form.ts'
import { rateField, rateOfField } from './rate-field.ts'

/** A value that is kept sealed: it stays, another one takes its place, or it is taken away. */
export type SecretForm = { readonly way: 'stay' | 'remove' } | { readonly way: 'set'; readonly value: string }

/** A site as its form holds it: texts where there may be nothing, and empty for what is absent. */
export interface SiteForm {
  enabled: boolean
  description: string
  owner: { kind: 'nobody' | 'user' | 'group'; name: string }
  protocol: SiteView['protocol']
  host: string
  port: number | string
  user: string
  password: SecretForm
  key: SecretForm
  tls: {
    verify: boolean
    pinned: string
    ca: string
    servername: string
    certificate: string
    data: 'private' | 'clear'
  }
  /** Empty: the default zone. */
  zone: string
  enableActiveMode: boolean
  passive: { address: string; epsv: boolean }
  externalAddress: string
  folder: string
  type: 'binary' | 'ascii'
  connections: number | string
  bandwidth: string
  timeouts: {
    connect: number | string
    reply: number | string
    idle: number | string
    completion: number | string
  }
  retry: RetryForm
}

const STAY: SecretForm = { way: 'stay' }

/** What the form opens with. */
export function formOfSite(site: SiteView): SiteForm {
  return {
    enabled: site.enabled,
    description: site.description ?? '',
    owner: site.owner ?? { kind: 'nobody', name: '' },
    protocol: site.protocol,
    host: site.host,
    port: site.port ?? '',
    user: site.user,
    password: STAY,
    key: STAY,
    tls: {
      verify: site.tls.verify,
      pinned: site.tls.pinned ?? '',
      ca: site.tls.ca ?? '',
      servername: site.tls.servername ?? '',
      certificate: site.tls.certificate ?? '',
      data: site.tls.data,
    },
    zone: site.zone ?? '',
    enableActiveMode: site.enableActiveMode,
    passive: { ...site.passive },
    externalAddress: site.externalAddress ?? '',
    folder: site.folder,
    type: site.type,
    connections: site.connections,
    bandwidth: site.bandwidth === undefined ? '' : rateField(site.bandwidth),
    timeouts: { ...site.timeouts },
    retry: formOfRetry(site.retry),
  }
}

/** What is sent to replace the site. Empty fields are left out, which is how a setting is taken away. */
export function writeOfSite(
  form: SiteForm,
  { name, revision }: Pick<SiteView, 'name' | 'revision'>,
): SiteWrite {
  const password = secretOf(form.password)
  const key = secretOf(form.key)
  const { kind, name: owner } = form.owner
  const { connect, reply, idle, completion } = form.timeouts
  return {
    name,
    revision,
    enabled: form.enabled,
    description: textOf(form.description),
    owner: kind === 'nobody' ? undefined : { kind, name: owner.trim() },
    protocol: form.protocol,
    host: form.host.trim(),
    port: form.port === '' ? undefined : Number(form.port),
    user: form.user.trim(),
    tls: {
      verify: form.tls.verify,
      pinned: textOf(form.tls.pinned),
      ca: textOf(form.tls.ca),
      servername: textOf(form.tls.servername),
      certificate: textOf(form.tls.certificate),
      data: form.tls.data,
    },
    zone: textOf(form.zone),
    enableActiveMode: form.enableActiveMode,
    passive: { address: form.passive.address.trim() || 'control', epsv: form.passive.epsv },
    externalAddress: textOf(form.externalAddress),
    folder: form.folder.trim(),
    type: form.type,
    connections: Number(form.connections),
    bandwidth: form.bandwidth.trim() === '' ? undefined : (rateOfField(form.bandwidth) ?? Number.NaN),
    timeouts: {
      connect: Number(connect),
      reply: Number(reply),
      idle: Number(idle),
      completion: Number(completion),
    },
    retry: retryOfForm(form.retry),
    ...((password !== undefined || key !== undefined) && {
      secrets: { ...(password !== undefined && { password }), ...(key !== undefined && { key }) },
    }),
  }
}

/** A secret as the API takes it; undefined: it stays. */
export function secretOf(secret: SecretForm): string | null | undefined {
  if (secret.way === 'set') return secret.value === '' ? undefined : secret.value
  return secret.way === 'remove' ? null : undefined
}

const textOf = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim())

/** Every field at which a mistake can stand, as the API names them. */
export const SITE_FIELDS: readonly string[] = [
  ...['name', 'enabled', 'description', 'owner', 'protocol', 'host', 'port', 'user'],
  ...['secrets.password', 'secrets.key', 'zone', 'enableActiveMode', 'externalAddress', 'folder', 'type'],
  ...['tls.verify', 'tls.pinned', 'tls.ca', 'tls.servername', 'tls.certificate', 'tls.data', 'tls'],
  ...['passive.address', 'passive.epsv', 'connections', 'bandwidth'],
  ...['connect', 'reply', 'idle', 'completion'].map(name => `timeouts.${name}`),
  ...['attempts', 'first', 'factor', 'ceiling', 'jitter'].map(name => `retry.${name}`),
]

const PORTS = { ftp: 21, 'ftps-explicit': 21, 'ftps-implicit': 990 } as const

/** The port of a protocol, when the site names none. */
export const usualPort = (protocol: SiteView['protocol']): number => PORTS[protocol]

/** The protocols as people choose them. */
export const PROTOCOLS = [
  { value: 'ftps-explicit', label: 'FTPS explicit (AUTH TLS)' },
  { value: 'ftps-implicit', label: 'FTPS implicit' },
  { value: 'ftp', label: 'FTP, in the clear' },
] as const

/** A protocol by its name in a list. */
export const protocolText = (protocol: SiteView['protocol']): string =>
  ({ ftp: 'FTP', 'ftps-explicit': 'FTPS', 'ftps-implicit': 'FTPS implicit' })[protocol]

/** Where a site is: `ftp.example.com:990`. */
export function addressText({ host, port, protocol }: Pick<SiteView, 'host' | 'port' | 'protocol'>): string {
  const shown = host.includes(':') ? `[${host}]` : host
  return port === undefined || port === usualPort(protocol) ? shown : `${shown}:${port}`
}
