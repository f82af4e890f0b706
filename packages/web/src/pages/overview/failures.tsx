import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import type { Overview } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../components/code-text.tsx'
import { Status } from '../../components/status.tsx'
import { TimeAgo } from '../../components/time-ago.tsx'
import classes from './overview.module.css'

/** What failed lately and why. */
export function Failures({ failures }: { failures: Overview['failures'] }) {
  return (
    <Paper component="section" className={classes.part} aria-labelledby="failures-title">
      <Group justify="space-between" gap={4}>
        <Title order={2} id="failures-title">
          What failed lately
        </Title>
        <Group gap="sm">
          <Anchor component={Link} to="/diagnosis" size="sm">
            Diagnosis
          </Anchor>
          <Anchor component={Link} to="/incidents" size="sm">
            All incidents
          </Anchor>
        </Group>
      </Group>
      {failures.length === 0 ? (
        <p className={classes.nothing}>
          <Status tone="good">nothing failed</Status>
        </p>
      ) : (
        <ul className={classes.failures}>
          {failures.map(({ id, at, kind, code, text, user, address, session }) => (
            <li key={id}>
              <div className={classes.failureHead}>
                <Status tone="bad">{kind.replaceAll('-', ' ')}</Status>
                <code>{code}</code>
                <Text component="span" size="sm" c="dimmed" ml="auto">
                  <TimeAgo at={at} />
                </Text>
              </div>
              <p>{text}</p>
              <Text component="p" size="sm" c="dimmed">
                {user !== '' && <>{user} </>}
                {address !== '' && (
                  <>
                    from <CodeText>{address}</CodeText>{' '}
                  </>
                )}
                {session !== '' && (
                  <>
                    in session{' '}
                    <Anchor component={Link} inherit to={`/sessions/${encodeURIComponent(session)}`}>
                      {session}
                    </Anchor>
                  </>
                )}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Paper>
  )
}
