import { controlPorts, families, type PlanContext, type PlanSection } from '../section.ts'

/** Where Windows takes the ports of outgoing connections from, since Vista and Server 2008. */
const WINDOWS_EPHEMERAL = 49_152

/** The server's own firewall, for Windows. */
export function windows({ facts, range }: PlanContext): PlanSection {
  const rule = (name: string, ports: string) =>
    `New-NetFirewallRule -DisplayName '${name}' -Direction Inbound -Action Allow -Protocol TCP -LocalPort ${ports}`
  const { ipv4, ipv6 } = families(facts)
  const lines = [
    rule('FTP control', controlPorts(facts).join(',')),
    rule('FTP passive data', `${range}`),
    'netsh advfirewall set global StatefulFTP disable',
  ]
  const notes = [
    'In a PowerShell that runs as administrator.',
    'StatefulFTP is the FTP inspection of Windows Firewall: it breaks off control connections that turn to TLS, and with the range open nobody needs it.',
  ]
  if (range.end >= WINDOWS_EPHEMERAL) {
    for (const family of [...(ipv4 ? ['ipv4'] : []), ...(ipv6 ? ['ipv6'] : [])]) {
      lines.push(
        `netsh int ${family} add excludedportrange protocol=tcp startport=${range.base} numberofports=${range.count}`,
      )
    }
    notes.push(
      `Windows gives ports from ${WINDOWS_EPHEMERAL} on to outgoing connections. The last command keeps it away from these; it is refused while one of them is in use, or when Hyper-V has taken it (netsh int ipv4 show excludedportrange protocol=tcp).`,
    )
  }
  return {
    name: 'windows',
    title: 'Windows Firewall, on the server',
    format: 'powershell',
    text: lines.join('\n'),
    notes,
  }
}
