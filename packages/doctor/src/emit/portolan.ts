import { formatFtpUrl } from '@portolan/client'
import type { Works } from '../works.ts'
import type { Emitted } from './settings.ts'
import { dialledHost, shellWord } from './words.ts'

/** A line of `portolan get`. */
export function portolan({ works, proxy }: Emitted): string {
  const { tls, mode, pasvAddress, externalAddress, activePorts, trust, fingerprint } = works
  const url = formatFtpUrl({ ...works, host: dialledHost(works), path: 'FILE' })
  return [
    'portolan get',
    ...(mode === 'active' ? ['--mode active'] : []),
    ...(mode === 'passive' && pasvAddress === 'server' ? ['--pasv-address server'] : []),
    ...(externalAddress === undefined ? [] : [`--external-address ${shellWord(externalAddress)}`]),
    ...(activePorts ? [`--active-ports ${activePorts.basePort}:${activePorts.numberOfPorts}`] : []),
    ...(tls === 'off' ? [] : trustFlags(trust, fingerprint)),
    ...(proxy ? [`--proxy ${proxy.kind}://${proxy.host}:${proxy.port}`] : []),
    shellWord(url),
  ].join(' ')
}

function trustFlags(trust: Works['trust'], fingerprint: string | undefined): readonly string[] {
  if (trust === 'verified') return []
  if (trust === 'own-authority') return ['--ca CA.pem']
  return fingerprint === undefined ? ['--insecure'] : [`--pin ${fingerprint}`]
}
