import { Anchor, Button, Drawer, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { MemberChange, MemberView } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { CodeText } from '../../../components/code-text.tsx'
import { Facts } from '../../../components/facts.tsx'
import { showErrors } from '../../../components/form-errors.ts'
import { Status } from '../../../components/status.tsx'
import { Time, TimeAgo } from '../../../components/time-ago.tsx'
import { useChange } from '../../../components/use-change.ts'
import { bytesText, countText, durationText, rateText } from '../../../format/format.ts'
import { useCan } from '../../../shell/me.ts'
import { useAccessNames } from '../shared/use-access-names.ts'
import { MemberActions } from './member-actions.tsx'
import { CertificateAge } from './member-cells.tsx'
import { cpuText, healthOf, roundTripText, STATES } from './member-words.ts'
import classes from './members.module.css'

const KINDS = { edge: 'Edge', connector: 'Connector', agent: 'Agent' } as const

/** Everything that is known of a member, and what can be done to it. */
export function MemberDrawer({ member, onClose }: { member: MemberView | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={member !== undefined}
      onClose={onClose}
      title={member && `${KINDS[member.kind]} ${member.name}`}
      size="lg"
    >
      {member && <Details key={member.id} member={member} onClose={onClose} />}
    </Drawer>
  )
}

function Details({ member, onClose }: { member: MemberView; onClose: () => void }) {
  const can = useCan('access:write')
  return (
    <Stack gap="lg">
      <Group gap="xs">
        <Status tone={STATES[member.state]}>{member.state}</Status>
        <Group gap="xs" ml="auto">
          <MemberActions member={member} onGone={onClose} />
        </Group>
      </Group>
      <Facts
        rows={[
          [
            'User',
            member.user === undefined ? undefined : (
              <Anchor key="u" component={Link} inherit to={`/users/${encodeURIComponent(member.user)}`}>
                {member.user}
              </Anchor>
            ),
          ],
          [
            'Addresses',
            member.addresses.length === 0 ? undefined : (
              <CodeText key="a">{member.addresses.join(', ')}</CodeText>
            ),
          ],
          ['Version', member.version],
          [
            'Certificate',
            <span key="c">
              <CertificateAge member={member} />, serial number{' '}
              <CodeText>{member.certificate.serial}</CodeText>
            </span>,
          ],
          [
            member.kind === 'agent' ? 'Signed in' : 'Enrolled',
            <span key="e">
              <TimeAgo at={member.enrolledAt} /> from <CodeText>{member.enrolledFrom}</CodeText>
              {member.enrolledWith !== '' && ` with ${member.enrolledWith}`}
            </span>,
          ],
          ['Last seen', member.connections.length > 0 ? 'now' : <TimeAgo key="l" at={member.lastSeenAt} />],
          ['Revoked', member.revokedAt === undefined ? undefined : <Time key="r" at={member.revokedAt} />],
          ['Identity', <CodeText key="i">{member.id}</CodeText>],
        ]}
      />
      <Connections member={member} />
      <Health member={member} />
      {can && member.revokedAt === undefined && <MemberForm member={member} />}
    </Stack>
  )
}

function Connections({ member: { kind, connections } }: { member: MemberView }) {
  return (
    <section aria-labelledby="member-connections">
      <Title order={3} id="member-connections" mb={4}>
        {kind === 'edge' ? 'Connection' : 'Connections to edges'}
      </Title>
      {connections.length === 0 && (
        <Text size="sm" c="dimmed">
          None: it is not connected.
        </Text>
      )}
      <ul className={classes.connections}>
        {connections.map(one => (
          <li key={`${one.edge} ${one.address}`}>
            <div className={classes.connectionHead}>
              {kind !== 'edge' && <strong>{one.edge}</strong>}
              <span>
                from <CodeText>{one.address}</CodeText>
              </span>
              {one.privateAddress !== '' && (
                <span className="dimmed">
                  inside <CodeText>{one.privateAddress}</CodeText>
                </span>
              )}
              <span className="dimmed">
                since <TimeAgo at={one.since} />
              </span>
            </div>
            <dl>
              <Figure name="Streams" value={countText(one.streams)} />
              {kind !== 'agent' && (
                <>
                  <Figure name="Bytes" value={rateText(one.bytesPerSecond)} />
                  <Figure name="CPU" value={cpuText(one.cpu)} />
                  <Figure name="Memory" value={bytesText(one.residentBytes)} />
                </>
              )}
              {one.roundTripMs !== undefined && (
                <Figure name="Round trip" value={roundTripText(one.roundTripMs)} />
              )}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)

function Health({ member }: { member: MemberView }) {
  const reports = healthOf(member)
  if (member.kind !== 'connector' || reports.length === 0) return null
  return (
    <section aria-labelledby="member-health">
      <Title order={3} id="member-health" mb={4}>
        Health of servers, as it sees them
      </Title>
      <ul className={classes.health}>
        {reports.map(({ segment, host, port, state, ms, text, at }) => (
          <li key={`${segment} ${host} ${port}`}>
            <Status tone={state === 'up' ? 'good' : state === 'down' ? 'bad' : 'idle'}>{state}</Status>
            <CodeText>
              {host.includes(':') ? `[${host}]` : host}:{port}
            </CodeText>
            <span className="dimmed">{segment}</span>
            <span>
              {text ?? (ms === undefined ? '' : durationText(ms))} <TimeAgo at={at} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function MemberForm({ member }: { member: MemberView }) {
  const groups = useAccessNames('/access/connector-groups')
  const [fault, setFault] = useState<string>()
  const form = useForm({
    initialValues: {
      name: member.name,
      description: member.description ?? '',
      connectorGroup: member.connectorGroup ?? '',
    },
  })
  const save = useChange({
    run: (body: MemberChange) =>
      api.patch<MemberView>(`/access/members/${encodeURIComponent(member.id)}`, body),
    done: `${member.name} is saved`,
    renews: ['/access/members', '/access/connector-groups'],
    errors: 'self',
    onDone: () => form.resetDirty(),
  })
  const submit = form.onSubmit(({ name, description, connectorGroup }) => {
    setFault(undefined)
    save.mutate(
      {
        name: name.trim(),
        description: description.trim(),
        ...(member.kind === 'connector' && connectorGroup !== '' && { connectorGroup }),
      },
      { onError: error => setFault(showErrors(form, error, ['name', 'description', 'connectorGroup'])) },
    )
  })
  const known = [
    ...new Set([...groups, ...(member.connectorGroup === undefined ? [] : [member.connectorGroup])]),
  ]
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Title order={3}>{member.kind === 'agent' ? 'Device' : 'Name and place'}</Title>
        <TextInput label="Name" required autoComplete="off" {...form.getInputProps('name')} />
        <TextInput label="Description" {...form.getInputProps('description')} />
        {member.kind === 'connector' && (
          <Select
            label="Connector group"
            searchable
            allowDeselect={false}
            data={known}
            limit={100}
            {...form.getInputProps('connectorGroup')}
          />
        )}
        {fault !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault}
          </Text>
        )}
        <div>
          <Button type="submit" variant="default" disabled={!form.isDirty()} loading={save.isPending}>
            Save
          </Button>
        </div>
      </Stack>
    </form>
  )
}
