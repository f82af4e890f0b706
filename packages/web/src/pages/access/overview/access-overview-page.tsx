import { Anchor, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { AccessOverview, MemberView, Page } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../../api/client.ts'
import { CodeText } from '../../../components/code-text.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { PageHeader } from '../../../components/page-header.tsx'
import { Status } from '../../../components/status.tsx'
import { countText, plural, rateText } from '../../../format/format.ts'
import { loadOf, STATES } from '../members/member-words.ts'
import { useLiveMembers } from '../shared/use-live-members.ts'
import { Guide } from './guide.tsx'
import classes from './overview.module.css'

/** How often figures are asked for, in milliseconds. */
const LIVE_MS = 3_000
/** Edges and connectors that are named here. */
const NAMED = 6

/** Zero-trust access at a glance: what is there, and what is missing. */
export default function AccessOverviewPage() {
  const query = useQuery({
    queryKey: ['/access/overview'],
    queryFn: () => api.get<AccessOverview>('/access/overview'),
    refetchInterval: LIVE_MS,
  })
  const overview = query.data
  useLiveMembers()
  return (
    <>
      <PageHeader
        title="Access overview"
        description="Named people reach FTP servers inside through connections that only ever go outwards: from their agent to an edge, and from a connector to the same edge."
      />
      {query.error && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!overview && !query.error && (
        <Stack aria-busy="true">
          <Skeleton height={72} radius="md" />
          <Skeleton height={320} radius="md" />
        </Stack>
      )}
      {overview && (
        <>
          <Figures overview={overview} />
          {overview.missing.length > 0 && <Guide overview={overview} />}
          <div className={classes.parts}>
            <Members kind="edge" title="Edges" />
            <Members kind="connector" title="Connectors" />
          </div>
          {overview.missing.length === 0 && <Guide overview={overview} />}
          <Controller overview={overview} />
        </>
      )}
    </>
  )
}

function Figures({ overview }: { overview: AccessOverview }) {
  const { edges, connectors, agents } = overview
  return (
    <dl className={classes.figures}>
      <Figure name="Live streams" to="/access/streams" value={overview.streams} />
      <Figure name="Edges" to="/access/members" value={edges.connected} of={edges.enrolled} />
      <Figure
        name="Connectors"
        to="/access/members?kind=connector"
        value={connectors.connected}
        of={connectors.enrolled}
      />
      <Figure name="Agents" to="/access/members?kind=agent" value={agents.connected} />
      <Figure name="Segments" to="/access/segments" value={overview.segments} />
    </dl>
  )
}

function Figure({ name, to, value, of }: { name: string; to: string; value: number; of?: number }) {
  return (
    <Paper className={classes.figure}>
      <dt>
        <Anchor component={Link} to={to} inherit underline="hover">
          {name}
        </Anchor>
      </dt>
      <dd>
        {countText(value)}
        {of !== undefined && <small> of {countText(of)}</small>}
      </dd>
    </Paper>
  )
}

function Members({ kind, title }: { kind: 'edge' | 'connector'; title: string }) {
  const { data } = useQuery({
    queryKey: ['/access/members', 'overview', kind],
    queryFn: () => api.get<Page<MemberView>>('/access/members', { kind, limit: NAMED, sort: 'name' }),
    refetchInterval: LIVE_MS,
  })
  if (!data || data.total === 0) return null
  const more = data.total - data.items.length
  return (
    <Paper component="section" className={classes.part} aria-label={title} mb="md">
      <Title order={2}>{title}</Title>
      <ul className={classes.members}>
        {data.items.map(member => (
          <li key={member.id}>
            <strong>{member.name}</strong>
            <Status tone={STATES[member.state]}>{member.state}</Status>
            <LoadText member={member} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <Anchor component={Link} to={`/access/members?kind=${kind}`} size="sm">
          {countText(more)} more
        </Anchor>
      )}
    </Paper>
  )
}

function LoadText({ member }: { member: MemberView }) {
  const { streams, bytesPerSecond } = loadOf(member)
  return (
    <span>
      {member.connections.length === 0 ? '' : `${plural(streams, 'stream')}, ${rateText(bytesPerSecond)}`}
    </span>
  )
}

/** Where edges find this node, and how they know it. */
function Controller({ overview: { enabled, address, authority } }: { overview: AccessOverview }) {
  if (!enabled || address === undefined) return null
  return (
    <Text size="sm" c="dimmed" component="p" className={classes.authority}>
      The controller of this node listens at <CodeText>{address}</CodeText>
      {authority !== undefined && (
        <>
          ; its authority is <CodeText>{authority}</CodeText>
        </>
      )}
      .{' '}
      <Anchor component={Link} inherit to="/ftp-settings" search={{ field: 'gateway.enabled' } as never}>
        Its settings
      </Anchor>
    </Text>
  )
}
