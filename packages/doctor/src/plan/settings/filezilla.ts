import { dialledHost, type PlanContext, type PlanSection } from '../section.ts'

/** FileZilla: the entry of the Site Manager. */
export function filezilla({ facts }: PlanContext): PlanSection {
  const [{ port, tls }] = facts.listeners
  const encryption = tls === 'implicit' ? 'Require implicit FTP over TLS' : 'Require explicit FTP over TLS'
  return {
    name: 'filezilla',
    title: 'FileZilla',
    format: 'text',
    text: [
      'File > Site Manager > New site',
      '  General',
      '    Protocol             FTP - File Transfer Protocol',
      `    Host                 ${dialledHost(facts)}`,
      `    Port                 ${port}`,
      `    Encryption           ${encryption}`,
      '  Transfer Settings',
      '    Transfer mode        Passive',
      `    Limit number of simultaneous connections   ${facts.perClient + 1}`,
      'Edit > Settings > Connection > FTP > Passive mode',
      "    Use the server's external IP address instead",
    ].join('\n'),
    notes: [
      `Of the ${facts.perClient + 1} connections one shows folders, and ${facts.perClient} move files, as planned. Settings > Transfers: maximum simultaneous transfers ${facts.perClient}.`,
    ],
  }
}
