import {
  type AccessRule,
  accessRule,
  connectorGroup,
  type PortRange,
  segmentGroup,
  serverGroup,
} from '@portolan/gateway/model'
import type { Documents, Store } from '@portolan/store'
import type { FieldProblem } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { invalid, type Kind, told } from '../partners/store-words.ts'
import { asJson } from '../users/user-view.ts'
import { type AccessDocs, readAccessDocs, type Stored } from './access-docs.ts'
import type { Checks } from './checks.ts'
import type { Checked } from './things.ts'

/** What is to be reached, and by whom. */
export interface Plan {
  /** What the segment and its rule are called. */
  readonly name: string
  /** The group of connectors, of servers and of segments; made when it is not there. */
  readonly group: string
  /** IP address or name of the server. */
  readonly host: string
  /** Of the control connection. */
  readonly port: number
  /** Ports of data connections. Absent: the connector reads them from the control connection. */
  readonly dataPorts?: PortRange
  /** Names of users who may reach it. */
  readonly users: readonly string[]
}

/** What was made, by what it is: names that were there already are left out. */
export interface SetUp {
  readonly made: readonly string[]
  readonly warnings: readonly FieldProblem[]
}

const SEGMENT: Kind = { code: 'SEGMENT', word: 'segment' }
const POLICY: Kind = { code: 'POLICY', word: 'policy' }

/**
 * Makes a segment, the groups that it needs, and a rule that allows it: all of it is judged before anything is made.
 * @throws {Problem} with every mistake
 */
export async function setUpAccess(
  { store, checks }: { readonly store: Store; readonly checks: Checks },
  { name, group, host, port, dataPorts, users }: Plan,
  actor: string,
): Promise<SetUp> {
  const { access } = store
  const docs = await readAccessDocs(store)
  if (docs.segments.some(({ value }) => value.name === name)) {
    const text = `there is a segment ${name} already: give this one another name`
    throw new Problem(409, 'SEGMENT_EXISTS', text)
  }
  const ports = [{ from: port, to: port }, ...(dataPorts ? [dataPorts] : [])]
  const fields = {
    name,
    applications: [host],
    ports,
    inspection: dataPorts ? 'off' : 'ftp',
    segmentGroup: group,
    serverGroup: group,
  }
  const groups = groupsOf(group, docs)
  const withGroups = { ...docs, ...groups.docs }
  const segment = judged(SEGMENT, name, await checks.segment(fields, withGroups))
  const rule = ruleFor(name, users, docs)
  const policy = { rules: [...docs.access.value.rules, rule] }
  const withSegment = { ...withGroups, segments: [...docs.segments, planned(segment.value)] }
  const allowing = judged(POLICY, 'of access', await checks.access(policy, withSegment))

  const made: string[] = []
  for (const { what, table, value } of groups.missing) {
    await table(access).create(value.name, asJson(value), { by: actor })
    made.push(`${what} ${value.name}`)
  }
  await told(SEGMENT, name, () => access.segments.create(name, asJson(segment.value), { by: actor }))
  await savePolicy(access.policies, docs, asJson(allowing.value), actor)
  const last = allowing.value.rules.length - 1
  return {
    made: [...made, `segment ${name}`, `access rule ${rule.name}`],
    warnings: [
      ...segment.warnings,
      ...allowing.warnings.filter(({ path }) => path.startsWith(`rules[${last}]`)),
    ],
  }
}

interface Group {
  readonly what: string
  readonly value: { readonly name: string }
  table(access: Store['access']): Documents
}

/** The three groups, with those that are not there yet. */
function groupsOf(name: string, docs: AccessDocs) {
  const missing: Group[] = []
  const add = <T extends { readonly name: string }>(
    what: string,
    there: readonly Stored<T>[],
    value: T,
    table: Group['table'],
  ): readonly Stored<T>[] => {
    if (there.some(one => one.value.name === name)) return there
    missing.push({ what, value, table })
    return [...there, planned(value)]
  }
  const connectors = connectorGroup.parse({ name })
  const servers = serverGroup.parse({ name, connectorGroups: [name] })
  const segments = segmentGroup.parse({ name })
  return {
    docs: {
      connectorGroups: add('connector group', docs.connectorGroups, connectors, of => of.connectorGroups),
      serverGroups: add('server group', docs.serverGroups, servers, of => of.serverGroups),
      segmentGroups: add('segment group', docs.segmentGroups, segments, of => of.segmentGroups),
    },
    missing,
  }
}

/** As it will be stored. */
function planned<T extends { readonly name: string }>(value: T): Stored<T> {
  const row = {
    name: value.name,
    document: asJson(value),
    createdAt: 0,
    changedAt: 0,
    changedBy: '',
    revision: 1,
  }
  return { value, row }
}

function ruleFor(segment: string, users: readonly string[], docs: AccessDocs): AccessRule {
  const names = new Set(docs.access.value.rules.map(rule => rule.name))
  let name = segment
  for (let number = 2; names.has(name); number++) name = `${segment} ${number}`
  return accessRule.parse({ name, action: 'allow', when: { users: [...users], segments: [segment] } })
}

async function savePolicy(
  policies: Documents,
  { access: { row } }: AccessDocs,
  document: ReturnType<typeof asJson>,
  by: string,
): Promise<void> {
  await told(POLICY, 'of access', () =>
    row
      ? policies.replace('access', document, { by, base: row.revision })
      : policies.create('access', document, { by }),
  )
}

function judged<T>(kind: Kind, name: string, checked: Checked<T>) {
  if ('problems' in checked) throw invalid(kind, name, checked.problems)
  return checked
}
