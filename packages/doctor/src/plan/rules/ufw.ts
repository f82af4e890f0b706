import { controlPorts, type PlanContext, type PlanSection, withColon } from '../section.ts'

/** The server's own firewall, for ufw. */
export function ufw({ facts, range }: PlanContext): PlanSection {
  const lines = controlPorts(facts).map(port => `ufw allow ${port}/tcp comment 'FTP control'`)
  lines.push(`ufw allow ${withColon(range)}/tcp comment 'FTP passive data'`)
  if (facts.active) {
    lines.push(
      `ufw allow out proto tcp from any port ${withColon(facts.active)} to any port 1024:65535 comment 'FTP active data'`,
    )
  }
  return {
    name: 'ufw',
    title: 'ufw, on the server',
    format: 'shell',
    text: lines.join('\n'),
    notes: [
      'As root. If "ufw status" says inactive: allow SSH first (ufw allow OpenSSH), then ufw enable.',
      'Leave IPT_MODULES in /etc/default/ufw without nf_conntrack_ftp: the range is open, nobody has to look for ports in replies.',
    ],
  }
}
