import type { SegmentView, SegmentWrite } from '@portolan/console/contract'
import type { Keyed } from '../../../components/keyed.ts'
import { type PortRow, portsOfRows, rowsOfPorts } from '../shared/port-rows.ts'

/** An application segment as its form holds it. */
export interface SegmentForm {
  name: string
  description: string
  enabled: boolean
  applications: string[]
  ports: readonly Keyed<PortRow>[]
  protocol: SegmentView['protocol']
  inspection: SegmentView['inspection']
  bypass: SegmentView['bypass']
  healthReporting: SegmentView['healthReporting']
  doubleEncryption: boolean
  segmentGroup: string
  serverGroup: string
}

/** What the form opens with; undefined for a new segment, which works with one address and no knowledge of FTP. */
export function formOfSegment(
  segment: SegmentView | undefined,
  usual: { readonly segmentGroup?: string | undefined; readonly serverGroup?: string | undefined } = {},
): SegmentForm {
  return {
    name: segment?.name ?? '',
    description: segment?.description ?? '',
    enabled: segment?.enabled ?? true,
    applications: [...(segment?.applications ?? [])],
    ports: rowsOfPorts(segment?.ports ?? [{ from: 21, to: 21 }]),
    protocol: segment?.protocol ?? 'ftp',
    inspection: segment?.inspection ?? 'ftp',
    bypass: segment?.bypass ?? 'use-client-forwarding-policy',
    healthReporting: segment?.healthReporting ?? 'none',
    doubleEncryption: segment?.doubleEncryption ?? false,
    segmentGroup: segment?.segmentGroup ?? usual.segmentGroup ?? '',
    serverGroup: segment?.serverGroup ?? usual.serverGroup ?? '',
  }
}

/** What is sent to make or to replace the segment. */
export function writeOfSegment(
  form: SegmentForm,
  segment: Pick<SegmentView, 'revision'> | undefined,
): SegmentWrite {
  const description = form.description.trim()
  return {
    name: form.name.trim(),
    ...(description !== '' && { description }),
    enabled: form.enabled,
    applications: form.applications.map(one => one.trim()).filter(one => one !== ''),
    ports: portsOfRows(form.ports),
    protocol: form.protocol,
    inspection: form.protocol === 'ftp' ? form.inspection : 'off',
    bypass: form.bypass,
    healthReporting: form.healthReporting,
    doubleEncryption: form.doubleEncryption,
    segmentGroup: form.segmentGroup,
    serverGroup: form.serverGroup,
    ...(segment && { revision: segment.revision }),
  }
}

/** Every field at which a mistake can stand. */
export const fieldsOfSegment = (form: SegmentForm): readonly string[] => [
  ...['name', 'description', 'applications', 'ports', 'protocol', 'inspection', 'bypass'],
  ...['healthReporting', 'doubleEncryption', 'segmentGroup', 'serverGroup'],
  ...form.ports.flatMap((_, at) => [`ports.${at}`, `ports.${at}.from`, `ports.${at}.to`]),
]
