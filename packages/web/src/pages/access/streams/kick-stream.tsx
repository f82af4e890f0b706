import { ActionIcon, Tooltip } from '@mantine/core'
import type { AccessStream } from '@portolan/console/contract'
import { IconDoorExit } from '@tabler/icons-react'
import { api } from '../../../api/client.ts'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { useChange } from '../../../components/use-change.ts'
import { targetText } from './stream-words.ts'

/** Ends one stream. */
export function KickStream({ stream }: { stream: AccessStream }) {
  const target = targetText(stream.Host, stream.ServicePort)
  const kick = useChange({
    run: () => api.post(`/access/streams/${encodeURIComponent(stream.ConnectionID)}/kick`),
    done: `The stream of ${stream.Username} to ${target} is ended`,
    renews: ['/access/streams/live', '/access/streams', '/access/sessions'],
    errors: 'self',
  })
  return (
    <ConfirmButton
      title={`Kick the stream of ${stream.Username}?`}
      verb="Kick"
      danger
      onConfirm={() => kick.mutateAsync()}
      button={ask => (
        <Tooltip label="Kick">
          <ActionIcon
            size="md"
            aria-label={`Kick the stream of ${stream.Username} to ${target}`}
            onClick={ask}
          >
            <IconDoorExit size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    >
      It is broken off at once, so that no file that is on its way looks whole. The user may connect again: a
      rule that denies keeps them out.
    </ConfirmButton>
  )
}
