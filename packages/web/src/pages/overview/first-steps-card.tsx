import { Button, Paper, Text, Title } from '@mantine/core'
import type { Overview } from '@portolan/console/contract'
import { IconUserPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { CommandLine } from '../../components/command-line.tsx'
import { useCan } from '../../shell/me.ts'
import { curlLine } from './first-steps.ts'
import classes from './overview.module.css'

/** What to do next on a server where nothing happens yet. */
export function FirstSteps({ overview }: { overview: Overview }) {
  const canMake = useCan('users:write')
  const [listener] = overview.listeners
  const hasUsers = overview.users > 0
  return (
    <Paper component="section" className={classes.steps} aria-labelledby="steps-title">
      <Title order={2} id="steps-title">
        {hasUsers ? 'Nobody was here in the last ten minutes' : 'What to do next'}
      </Title>
      <ol>
        {!hasUsers && (
          <li>
            <Text size="md">
              Nobody can log in yet. Make a user with a password; a home folder is made along.
            </Text>
            {canMake && (
              <Button
                component={Link}
                to="/users"
                size="xs"
                leftSection={<IconUserPlus size={15} aria-hidden />}
              >
                Make a user
              </Button>
            )}
          </li>
        )}
        {listener && (
          <li>
            <Text size="md">
              Try it from a terminal, with the name of {hasUsers ? 'a' : 'that'} user in place of NAME. The
              session and its transfer show up here.
            </Text>
            <CommandLine text={curlLine(listener, window.location.hostname)} what="the line for curl" />
          </li>
        )}
      </ol>
    </Paper>
  )
}
