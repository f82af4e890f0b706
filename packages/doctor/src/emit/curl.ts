import type { Works } from '../works.ts'
import type { Emitted } from './settings.ts'
import { shellWord, urlHost, urlPort } from './words.ts'

/** A line of curl, which asks for the password. */
export function curl({ works, proxy }: Emitted): string {
  const { tls, mode, rung, pasvAddress, externalAddress, activePorts, trust, user, host, port, address } =
    works
  const url = `${tls === 'implicit' ? 'ftps' : 'ftp'}://${urlHost({ ...works, address: host })}${urlPort(works)}/FILE`
  const range =
    activePorts && `:${activePorts.basePort}-${activePorts.basePort + activePorts.numberOfPorts - 1}`
  return [
    'curl --remote-name',
    ...(tls === 'explicit' ? ['--ssl-reqd'] : []),
    ...(mode === 'active' ? [`--ftp-port ${shellWord(`${externalAddress ?? '-'}${range ?? ''}`)}`] : []),
    ...(rung === 'PORT' ? ['--disable-eprt'] : []),
    ...(rung === 'PASV' ? ['--disable-epsv'] : []),
    // Since 7.74 curl stays at the address of the control connection by itself.
    ...(mode === 'passive'
      ? [pasvAddress === 'server' ? '--no-ftp-skip-pasv-ip' : '--ftp-skip-pasv-ip']
      : []),
    ...(tls === 'off' ? [] : TRUST[trust]),
    ...(address === undefined ? [] : [`--resolve ${shellWord(`${host}:${port}:${address}`)}`]),
    ...(works.keepAlive === undefined ? [] : [`--keepalive-time ${works.keepAlive}`]),
    ...(proxy
      ? [`--proxy ${proxy.kind === 'socks5' ? 'socks5h' : proxy.kind}://${proxy.host}:${proxy.port}`]
      : []),
    ...(proxy?.kind === 'http' ? ['--proxytunnel'] : []),
    ...(user === 'anonymous' ? [] : [`--user ${shellWord(user)}`]),
    shellWord(url),
  ].join(' ')
}

/** curl pins public keys alone, and not the certificate’s own fingerprint. */
const TRUST: Readonly<Record<Works['trust'], readonly string[]>> = {
  verified: [],
  'own-authority': ['--cacert CA.pem'],
  pinned: ['--insecure'],
  anybody: ['--insecure'],
}
