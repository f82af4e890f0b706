import { ActionIcon, Button, Modal, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Run, TransferView } from '@portolan/console/contract'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { useChange } from '../../components/use-change.ts'
import { useCan } from '../../shell/me.ts'

type Runnable = Pick<TransferView, 'name' | 'trigger' | 'steps'>

/** A push of the file that caused it has to be told which. */
const needsFile = ({ steps }: Runnable) => steps.some(step => step.do === 'push' && step.from === undefined)

/** *Run now*, in a row or as a button; asks for the file where there is none to go by. Leads to the run. */
export function RunNow({ transfer, compact = false }: { transfer: Runnable; compact?: boolean }) {
  const may = useCan('transfers:run')
  const navigate = useNavigate()
  const [asking, { open, close }] = useDisclosure(false)
  const run = useChange({
    run: (properties: Record<string, string> | undefined) =>
      api.post<Run>(
        `/site-transfers/${encodeURIComponent(transfer.name)}/run`,
        properties ? { properties } : {},
      ),
    done: `A run of ${transfer.name} has begun`,
    renews: ['/runs', '/runs/counts', '/site-transfers'],
    onDone: made => {
      close()
      void navigate({ to: `/runs/${encodeURIComponent(made.id)}` })
    },
  })
  if (!may) return null
  const start = () => (needsFile(transfer) ? open() : run.mutate(undefined))
  return (
    <>
      {compact ? (
        <Tooltip label="Run now">
          <ActionIcon
            size="md"
            aria-label={`Run ${transfer.name} now`}
            loading={run.isPending}
            onClick={start}
          >
            <IconPlayerPlay size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={run.isPending && !asking}
          onClick={start}
        >
          Run now
        </Button>
      )}
      <Modal opened={asking} onClose={close} title={`Run ${transfer.name} now`}>
        <AskFile
          trigger={transfer.trigger}
          pending={run.isPending}
          error={run.error}
          onRun={properties => run.mutate(properties)}
        />
      </Modal>
    </>
  )
}

interface AskFileProps {
  readonly trigger: TransferView['trigger']
  readonly pending: boolean
  readonly error: Error | null
  readonly onRun: (properties: Record<string, string>) => void
}

/** Which file, as if it had just arrived. */
function AskFile({ trigger, pending, error, onRun }: AskFileProps) {
  const place = 'place' in trigger ? trigger.place : undefined
  // In a folder of the machine, files are nobody's.
  const hasUser = !place || 'user' in place
  const folder = place ? ('user' in place ? place.path : place.folder) : ''
  const [user, setUser] = useState(place && 'user' in place ? place.user : '')
  const [path, setPath] = useState(`${folder.replace(/\/$/, '')}/`)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    onRun({ 'file.path': path.trim(), ...(hasUser && { 'file.user': user.trim() }) })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          It moves the file that made it begin. Which one shall that be?
        </Text>
        {hasUser && (
          <TextInput
            label="User"
            required
            spellCheck={false}
            value={user}
            onChange={event => setUser(event.currentTarget.value)}
          />
        )}
        <TextInput
          label="File"
          description={hasUser ? 'As the user sees it' : `Below ${folder}`}
          required
          data-autofocus
          spellCheck={false}
          value={path}
          onChange={event => setPath(event.currentTarget.value)}
        />
        {error && <ErrorView error={error} />}
        <Button type="submit" loading={pending}>
          Run it
        </Button>
      </Stack>
    </form>
  )
}
