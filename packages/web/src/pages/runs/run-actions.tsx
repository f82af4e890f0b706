import { ActionIcon, Button, Tooltip } from '@mantine/core'
import type { Run } from '@portolan/console/contract'
import { IconPlayerStop, IconRepeat } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { ConfirmButton } from '../../components/confirm.tsx'
import { notifyDone } from '../../components/notify.ts'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'
import { isOver } from './live-runs.ts'

/** Cancel for a run that is not over, *Run again* for one that is. */
export function RunActions({ run, compact = false }: { run: Run; compact?: boolean }) {
  if (!useCan('transfers:run')) return null
  return isOver(run) ? <Again run={run} compact={compact} /> : <Cancel run={run} compact={compact} />
}

const pathOf = ({ id }: Run) => `/runs/${encodeURIComponent(id)}`

function Again({ run, compact }: { run: Run; compact: boolean }) {
  const navigate = useNavigate()
  const again = useChange({
    run: () => api.post<Run>(`${pathOf(run)}/again`),
    done: `${run.transfer} runs again`,
    renews: ['/runs', '/runs/counts'],
    onDone: made => void navigate({ to: pathOf(made) }),
  })
  if (!compact) {
    return (
      <Button
        variant={run.state === 'succeeded' ? 'default' : 'filled'}
        leftSection={<IconRepeat size={16} aria-hidden />}
        loading={again.isPending}
        onClick={() => again.mutate()}
      >
        Run again
      </Button>
    )
  }
  return (
    <Tooltip label="Run again">
      <ActionIcon
        size="md"
        aria-label={`Run ${run.transfer} again`}
        loading={again.isPending}
        onClick={() => again.mutate()}
      >
        <IconRepeat size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Cancel({ run, compact }: { run: Run; compact: boolean }) {
  const cancel = useChange({
    run: () => api.post<{ cancelled: boolean }>(`${pathOf(run)}/cancel`),
    renews: ['/runs', '/runs/counts'],
    errors: 'self',
    onDone: ({ cancelled }) =>
      notifyDone(cancelled ? `The run of ${run.transfer} is being cancelled` : 'It was over already'),
  })
  return (
    <ConfirmButton
      title={`Cancel this run of ${run.transfer}?`}
      verb="Cancel the run"
      danger
      onConfirm={() => cancel.mutateAsync()}
      button={open =>
        compact ? (
          <Tooltip label="Cancel">
            <ActionIcon
              size="md"
              color="red"
              aria-label={`Cancel the run of ${run.transfer}`}
              disabled={run.cancelAsked}
              onClick={open}
            >
              <IconPlayerStop size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ) : (
          <Button
            variant="outline"
            color="red"
            leftSection={<IconPlayerStop size={16} aria-hidden />}
            disabled={run.cancelAsked}
            onClick={open}
          >
            {run.cancelAsked ? 'Being cancelled' : 'Cancel'}
          </Button>
        )
      }
    >
      A file that is on its way breaks off; no half of it stays at its name. What was moved stays moved.
    </ConfirmButton>
  )
}
