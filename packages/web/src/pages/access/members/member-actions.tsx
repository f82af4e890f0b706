import { Button } from '@mantine/core'
import type { MemberChange, MemberView } from '@portolan/console/contract'
import { api } from '../../../api/client.ts'
import { ConfirmButton } from '../../../components/confirm.tsx'
import { useChange } from '../../../components/use-change.ts'
import { useCan } from '../../../shell/me.ts'

const RENEWS = ['/access/members', '/access/overview', '/access/connector-groups']

/** What can be done to a member beside giving it another name. */
export function MemberActions({ member, onGone }: { member: MemberView; onGone: () => void }) {
  const canRun = useCan('access:run')
  const canWrite = useCan('access:write')
  const path = `/access/members/${encodeURIComponent(member.id)}`
  const change = useChange({
    run: (body: MemberChange) => api.patch(path, body),
    done: (_, body) => doneText(member.name, body),
    renews: RENEWS,
  })
  const revoke = useChange({
    run: () => api.post(`${path}/revoke`),
    done: `${member.name} is revoked`,
    renews: RENEWS,
    errors: 'self',
  })
  const remove = useChange({
    run: () => api.delete(path),
    done: `${member.name} is removed`,
    renews: RENEWS,
    errors: 'self',
    onDone: onGone,
  })
  const isOver = member.revokedAt !== undefined
  const isAgent = member.kind === 'agent'
  return (
    <>
      {canRun && !isOver && !isAgent && (
        <Button
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ draining: !member.draining })}
        >
          {member.draining ? 'Take streams again' : 'Drain'}
        </Button>
      )}
      {canWrite && !isOver && !member.enabled && (
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ enabled: true })}>
          Enable
        </Button>
      )}
      {canWrite && !isOver && member.enabled && (
        <ConfirmButton
          title={`Disable ${member.name}?`}
          verb="Disable"
          onConfirm={() => change.mutateAsync({ enabled: false })}
          button={ask => (
            <Button variant="default" onClick={ask}>
              Disable
            </Button>
          )}
        >
          It is cut off at once, with all that it carries, until it is enabled again.
        </ConfirmButton>
      )}
      {canWrite && !isOver && (
        <ConfirmButton
          title={`Revoke ${member.name}?`}
          verb="Revoke"
          danger
          typed={member.name}
          onConfirm={() => revoke.mutateAsync()}
          button={ask => (
            <Button variant="outline" color="red" onClick={ask}>
              Revoke
            </Button>
          )}
        >
          Its certificate is worth nothing from now on and it is cut off at once. That cannot be undone:{' '}
          {isAgent ? 'the user signs in again.' : 'it enrols anew, with another provisioning key.'}
        </ConfirmButton>
      )}
      {canWrite && isOver && (
        <ConfirmButton
          title={`Remove ${member.name}?`}
          verb="Remove"
          danger
          onConfirm={() => remove.mutateAsync()}
          button={ask => (
            <Button variant="outline" color="red" onClick={ask}>
              Remove
            </Button>
          )}
        >
          It is taken out of this list. The access log still names it.
        </ConfirmButton>
      )}
    </>
  )
}

function doneText(name: string, { draining, enabled }: MemberChange): string {
  if (draining !== undefined)
    return draining
      ? `${name} takes no new streams; those that are open go on`
      : `${name} takes streams again`
  return enabled ? `${name} is enabled` : `${name} is disabled`
}
