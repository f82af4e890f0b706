import type { AccessOverview } from '@portolan/console/contract'

type What = AccessOverview['missing'][number]['what']

/** A step on the way to the first connection. */
export interface Step {
  readonly what: What
  readonly title: string
  readonly done: boolean
  /** What is missing, in the server's words; or what the step is for. */
  readonly text: string
}

const STEPS: readonly (readonly [What, string, string])[] = [
  ['enabled', 'Controller', 'This node tells edges who may reach what.'],
  ['segment', 'Application segment', 'An FTP server inside, and its ports.'],
  ['rule', 'Access rule', 'Who may reach it.'],
  ['edge', 'Edge', 'Where agents and connectors meet; both can dial it.'],
  ['connector', 'Connector', 'Near the FTP server; it only ever dials out.'],
]

/** Every step in its order, and which of them are done. */
export function stepsOf({ missing }: Pick<AccessOverview, 'missing'>): readonly Step[] {
  return STEPS.map(([what, title, text]) => {
    const lack = missing.find(one => one.what === what)
    return { what, title, done: lack === undefined, text: lack?.text ?? text }
  })
}

/** What is typed for a first segment. */
export interface FirstSegmentForm {
  name: string
  server: string
  port: number | string
}

interface Existing {
  readonly segmentGroups: readonly string[]
  readonly serverGroups: readonly string[]
  readonly connectorGroups: readonly string[]
}

interface Request {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** The name of the groups that are made along. */
const USUAL = 'default'

/** What has to be made for a first segment, in its order: its groups, where there are none, and itself, with FTP inspection. */
export function firstSegmentPlan(form: FirstSegmentForm, existing: Existing): readonly Request[] {
  const [connectorGroup] = existing.connectorGroups
  const [serverGroup] = existing.serverGroups
  const [segmentGroup] = existing.segmentGroups
  const port = Number(form.port)
  const make = (known: string | undefined, path: string, body: object): Request[] =>
    known === undefined ? [{ path, body: { name: USUAL, ...body } }] : []
  return [
    ...(serverGroup === undefined ? make(connectorGroup, '/access/connector-groups', {}) : []),
    ...make(serverGroup, '/access/server-groups', { connectorGroups: [connectorGroup ?? USUAL] }),
    ...make(segmentGroup, '/access/segment-groups', {}),
    {
      path: '/access/segments',
      body: {
        name: form.name.trim(),
        applications: [form.server.trim()],
        ports: [{ from: port, to: port }],
        protocol: 'ftp',
        inspection: 'ftp',
        segmentGroup: segmentGroup ?? USUAL,
        serverGroup: serverGroup ?? USUAL,
      },
    },
  ]
}

/** The field of the first segment's form for one of the segment. */
export const fieldOfFirstSegment = (path: string): string =>
  path.startsWith('applications') ? 'server' : path.startsWith('ports') ? 'port' : path
