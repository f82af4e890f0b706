import { formatFtpUrl } from '@portolan/client'
import type { Emitted } from './settings.ts'
import { dialledHost } from './words.ts'

/** WinSCP's numbers for the kinds of proxies. */
const PROXY_METHODS: Readonly<Record<string, number>> = { socks5: 2, http: 3 }

/** A line of a WinSCP script. https://winscp.net/eng/docs/scriptcommand_open and /rawsettings */
export function winscp({ works, proxy }: Emitted): string {
  const { tls, mode, pasvAddress, trust, fingerprint, keepAlive } = works
  const raw: string[] = []
  // 0 is On, 1 is Off: Advanced > Connection > "Force IP address for passive mode connections".
  if (mode === 'passive') raw.push(`FtpForcePasvIp2=${pasvAddress === 'server' ? 1 : 0}`)
  if (tls !== 'off') raw.push('SslSessionReuse=1')
  if (keepAlive !== undefined) raw.push('FtpPingType=1', `FtpPingInterval=${keepAlive}`)
  if (proxy)
    raw.push(
      `ProxyMethod=${PROXY_METHODS[proxy.kind] ?? 2}`,
      `ProxyHost=${proxy.host}`,
      `ProxyPort=${proxy.port}`,
    )
  return [
    `open ${formatFtpUrl({ ...works, host: dialledHost(works) })}`,
    `-passive=${mode === 'passive' ? 'on' : 'off'}`,
    ...(trust !== 'verified' && tls !== 'off' && fingerprint !== undefined
      ? [`-certificate="${fingerprint.toLowerCase()}"`]
      : []),
    ...(raw.length > 0 ? [`-rawsettings ${raw.join(' ')}`] : []),
  ].join(' ')
}
