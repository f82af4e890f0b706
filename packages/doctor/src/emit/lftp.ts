import type { Emitted } from './settings.ts'
import { urlHost, urlPort, urlUser } from './words.ts'

/** Lines for lftp, as its manual names them. */
export function lftp({ works, proxy }: Emitted): string {
  const { tls, mode, rung, pasvAddress, externalAddress, activePorts, trust, keepAlive } = works
  const sets: (readonly [string, string | number])[] = [
    ['ftp:passive-mode', mode === 'passive' ? 'on' : 'off'],
    // Else it changes the mode by itself after a failure, and stays there.
    ['ftp:auto-passive-mode', 'off'],
  ]
  if (mode === 'passive') {
    sets.push(['ftp:prefer-epsv', rung === 'EPSV' ? 'on' : 'off'])
    sets.push(['ftp:ignore-pasv-address', pasvAddress === 'control' ? 'on' : 'off'])
    if (pasvAddress === 'server') sets.push(['ftp:fix-pasv-address', 'off'])
  }
  if (externalAddress !== undefined) sets.push(['ftp:port-ipv4', externalAddress])
  if (activePorts)
    sets.push([
      'ftp:port-range',
      `${activePorts.basePort}-${activePorts.basePort + activePorts.numberOfPorts - 1}`,
    ])
  if (tls === 'off') sets.push(['ftp:ssl-allow', 'off'])
  else {
    if (tls === 'explicit') sets.push(['ftp:ssl-force', 'on'])
    sets.push(['ftp:ssl-protect-data', 'on'], ['ftp:ssl-copy-sid', 'on'])
    if (trust === 'own-authority') sets.push(['ssl:ca-file', 'CA.pem'])
    else if (trust !== 'verified') sets.push(['ssl:verify-certificate', 'off'])
  }
  if (keepAlive !== undefined) sets.push(['ftp:nop-interval', keepAlive])
  if (proxy?.kind === 'http') sets.push(['ftp:proxy', `http://${proxy.host}:${proxy.port}`])
  const scheme = tls === 'implicit' ? 'ftps' : 'ftp'
  return [
    ...sets.map(([name, value]) => `set ${name} ${value}`),
    ...(proxy && proxy.kind !== 'http'
      ? ['# lftp knows no SOCKS proxy: run it under proxychains or tsocks.']
      : []),
    `open ${scheme}://${urlUser(works)}${urlHost(works)}${urlPort(works)}/`,
  ].join('\n')
}
