import type { SegmentView } from '@portolan/console/contract'

type Option<Value extends string> = { readonly value: Value; readonly label: string; readonly text: string }

/** What agents do with a segment by itself. */
export const BYPASSES: readonly Option<SegmentView['bypass']>[] = [
  {
    value: 'use-client-forwarding-policy',
    label: 'Use Client Forwarding Policy',
    text: 'The client forwarding policy says whether it is forwarded.',
  },
  { value: 'never', label: 'Never', text: 'It is forwarded, whatever the client forwarding policy says.' },
  {
    value: 'on-net',
    label: 'On Net',
    text: 'In the trusted networks of the settings agents connect directly; elsewhere it is forwarded.',
  },
  { value: 'always', label: 'Always', text: 'Agents connect directly and never forward it.' },
]

/** Whether connectors look if the servers answer. */
export const HEALTH_REPORTINGS: readonly Option<SegmentView['healthReporting']>[] = [
  { value: 'none', label: 'None', text: 'Connectors send nothing to the servers on their own.' },
  { value: 'on-access', label: 'On Access', text: 'Connectors look after what was used of late.' },
  { value: 'continuous', label: 'Continuous', text: 'Connectors look all the time.' },
]

/** The label of a bypass. */
export const bypassText = (bypass: SegmentView['bypass']): string =>
  bypass === 'use-client-forwarding-policy'
    ? 'by policy'
    : (BYPASSES.find(({ value }) => value === bypass)?.label.toLowerCase() ?? bypass)

/** What follows for a segment from how FTP is spoken with it. */
export function adviceOf(segment: Pick<SegmentView, 'protocol' | 'inspection'>): {
  readonly title: string
  readonly lines: readonly string[]
} {
  if (segment.protocol === 'other')
    return {
      title: 'Any TCP service',
      lines: ['Each connection stands alone. Name the ports of the service.'],
    }
  if (segment.inspection === 'ftp')
    return {
      title: 'The connector reads the control connection',
      lines: [
        'A name and port 21 are enough: the ports of data connections are opened as the server names them, for that user, once.',
        'Active mode is refused with a reply that says to use passive mode.',
        'It cannot read what is encrypted: for FTPS, switch inspection off and name addresses and ports.',
      ],
    }
  return {
    title: 'FTP without inspection needs addresses and all data ports',
    lines: [
      'A client is told an address by PASV and dials that: name IP addresses or networks, as a name would not be found again.',
      'Each data connection goes to a port that the server takes at random: name its whole passive range beside port 21. Who does not know it names 1 to 65535.',
      'Health reporting has to be None: a probe of a passive port would be taken for the data connection that a client waits for.',
    ],
  }
}
