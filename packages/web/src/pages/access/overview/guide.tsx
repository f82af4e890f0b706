import { Anchor, Button, Paper, Text, Title, VisuallyHidden } from '@mantine/core'
import type { AccessOverview } from '@portolan/console/contract'
import { IconCircleCheck, IconCircleDashed, IconCircleDot } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { api } from '../../../api/client.ts'
import { CommandLine } from '../../../components/command-line.tsx'
import { useChange } from '../../../components/use-change.ts'
import { useCan } from '../../../shell/me.ts'
import type { KeyForm } from '../keys/key-form.ts'
import { KeyModal } from '../keys/key-modal.tsx'
import { invitationQuery } from '../people/invitation.ts'
import { FirstRule } from './first-rule.tsx'
import { FirstSegment } from './first-segment.tsx'
import classes from './overview.module.css'
import { type Step, stepsOf } from './steps.ts'

/** The way to the first connection: what is there, what is missing, and the next thing to do. */
export function Guide({ overview }: { overview: AccessOverview }) {
  const can = useCan('access:write')
  const [doing, setDoing] = useState<'segment' | 'rule'>()
  const [key, setKey] = useState<KeyForm['kind']>()
  const steps = stepsOf(overview)
  const next = steps.find(({ done }) => !done)
  const hasAgents = overview.agents.connected > 0
  const AgentIcon = hasAgents ? IconCircleCheck : next ? IconCircleDashed : IconCircleDot
  const actions: Readonly<Record<Step['what'], (isNext: boolean) => ReactNode>> = {
    enabled: isNext => <Enable isNext={isNext} />,
    segment: isNext => (
      <Act isNext={isNext} can={can} onClick={() => setDoing('segment')}>
        Add a segment
      </Act>
    ),
    rule: isNext => (
      <Act isNext={isNext} can={can} onClick={() => setDoing('rule')}>
        Allow people
      </Act>
    ),
    edge: isNext => (
      <Act isNext={isNext} can={can && overview.enabled} onClick={() => setKey('edge')}>
        Make a key for an edge
      </Act>
    ),
    // Its invitation says where the edges are.
    connector: isNext => (
      <Act isNext={isNext} can={can && overview.edges.enrolled > 0} onClick={() => setKey('connector')}>
        Make a key for a connector
      </Act>
    ),
  }
  return (
    <Paper component="section" className={classes.guide} aria-labelledby="access-guide">
      <Title order={2} id="access-guide">
        {next ? 'The way to the first connection' : 'Nothing stands in the way'}
      </Title>
      <ol className={classes.steps}>
        {steps.map(step => {
          const isNext = step === next
          const Icon = step.done ? IconCircleCheck : isNext ? IconCircleDot : IconCircleDashed
          return (
            <li key={step.what} data-done={step.done || undefined} data-next={isNext || undefined}>
              <Icon size={20} aria-hidden />
              <div className={classes.step}>
                <div>
                  <strong>{step.title}</strong>
                  <VisuallyHidden>{step.done ? ', done' : isNext ? ', next' : ', to do'}</VisuallyHidden>
                  <Text size="sm" c="dimmed">
                    {step.text}
                  </Text>
                </div>
                {!step.done && actions[step.what](isNext)}
              </div>
            </li>
          )
        })}
        <li data-done={hasAgents || undefined} data-next={(!hasAgents && !next) || undefined}>
          <AgentIcon size={20} aria-hidden />
          <div className={classes.agent}>
            <div>
              <strong>Agent</strong>
              <Text size="sm" c="dimmed" component="div">
                On the machine of a user. What people sign in with is set up under{' '}
                <Anchor component={Link} inherit to="/access/people">
                  People’s sign-in
                </Anchor>
                .
              </Text>
            </div>
            {overview.enabled && overview.edges.enrolled > 0 && <AgentCommand />}
          </div>
        </li>
      </ol>
      <FirstSegment opened={doing === 'segment'} onClose={() => setDoing(undefined)} />
      <FirstRule opened={doing === 'rule'} onClose={() => setDoing(undefined)} />
      <KeyModal kind={key} onClose={() => setKey(undefined)} />
    </Paper>
  )
}

interface ActProps {
  readonly isNext: boolean
  readonly can: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

function Act({ isNext, can, onClick, children }: ActProps) {
  if (!can) return null
  return (
    <Button size="xs" variant={isNext ? 'filled' : 'default'} onClick={onClick}>
      {children}
    </Button>
  )
}

/** Makes this node a controller. */
function Enable({ isNext }: { isNext: boolean }) {
  const can = useCan('settings:write')
  const enable = useChange({
    run: async () => {
      const { version } = await api.get<{ readonly version: number }>('/settings')
      return api.patch('/settings', {
        base: version,
        comment: 'Zero-trust access is enabled',
        changes: [{ path: 'gateway.enabled', value: true }],
      })
    },
    done: 'This node is a controller of zero-trust access',
    renews: ['/access/overview', '/settings'],
  })
  return (
    <div className={classes.buttons}>
      {can && (
        <Button
          size="xs"
          variant={isNext ? 'filled' : 'default'}
          loading={enable.isPending}
          onClick={() => enable.mutate()}
        >
          Enable
        </Button>
      )}
      <Button
        component={Link}
        to="/ftp-settings"
        search={{ field: 'gateway.publicAddresses' } as never}
        size="xs"
        variant="default"
      >
        Its settings
      </Button>
    </div>
  )
}

function AgentCommand() {
  const { data } = useQuery(invitationQuery)
  return data ? <CommandLine text={data.command} what="the command of the agent" /> : null
}
