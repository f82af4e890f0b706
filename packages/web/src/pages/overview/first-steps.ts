import type { Overview } from '@portolan/console/contract'

type Listener = Overview['listeners'][number]

/** A host as it stands in a URL, for a listener that is bound to it. One bound everywhere is reached where this page was. */
export function reachableHost(bound: string, page: string): string {
  const host = bound === '0.0.0.0' || bound === '::' || bound === '' ? page : bound
  const bare = host.replace(/^\[|\]$/g, '')
  return bare.includes(':') ? `[${bare}]` : bare
}

/** The line that lists a user's files from a terminal. curl asks for the password; -k takes a self-signed certificate. */
export function curlLine(listener: Listener, page: string, user = 'NAME'): string {
  const scheme = listener.tls === 'implicit' ? 'ftps' : 'ftp'
  const tls = { required: '--ssl-reqd ', optional: '--ssl ' }[listener.tls] ?? ''
  const trust = listener.tls === 'off' ? '' : '-k '
  return `curl ${tls}${trust}--user ${user} ${scheme}://${reachableHost(listener.host, page)}:${listener.port}/`
}

/** The command that examines this server from outside. */
export function doctorLine(listener: Listener, page: string, user = 'NAME'): string {
  const scheme = { off: 'ftp', optional: 'ftp', required: 'ftpes', implicit: 'ftps' }[listener.tls] ?? 'ftp'
  return `portolan doctor ${scheme}://${user}@${reachableHost(listener.host, page)}:${listener.port}/`
}
