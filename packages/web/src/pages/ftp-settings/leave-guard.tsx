import { Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { ConfirmModal } from '../../components/confirm.tsx'

/** Asks before the page is left with unsaved changes. */
export function LeaveGuard({ active }: { active: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => active && current.pathname !== next.pathname,
    enableBeforeUnload: () => active,
    withResolver: true,
  })
  return (
    <ConfirmModal
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      verb="Leave"
      danger
      onConfirm={async () => blocker.proceed?.()}
    >
      <Text>Your changes are not saved. When you leave, they are forgotten.</Text>
    </ConfirmModal>
  )
}
