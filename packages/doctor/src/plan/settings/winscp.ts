import { formatEndpoint } from '@portolan/protocol'
import { dialledHost, type PlanContext, type PlanSection } from '../section.ts'

/** WinSCP: the address to type, and the line of a script. */
export function winscp({ facts }: PlanContext): PlanSection {
  const host = dialledHost(facts)
  const lines = facts.listeners.flatMap(({ port, tls }) => {
    const url = `${tls === 'implicit' ? 'ftps' : 'ftpes'}://USER@${formatEndpoint({ address: host, port })}/`
    return [
      `# ${tls === 'implicit' ? 'TLS/SSL Implicit encryption' : 'TLS/SSL Explicit encryption'}`,
      `open ${url} -passive=on -rawsettings FtpForcePasvIp2=0`,
    ]
  })
  return {
    name: 'winscp',
    title: 'WinSCP',
    format: 'text',
    text: lines.join('\n'),
    notes: [
      'A line of a script; its address alone can be pasted into the Login dialog. USER is the name to log in with.',
      'FtpForcePasvIp2=0 is Advanced > Connection > "Force IP address for passive mode connections" set to On: data connections go to the address that was dialled, whatever the server tells.',
      `Preferences > Transfer > Background: ${facts.perClient} transfers at the same time, as planned.`,
    ],
  }
}
