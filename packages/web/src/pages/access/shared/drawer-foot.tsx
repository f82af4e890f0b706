import { Alert, Button, Group } from '@mantine/core'
import { useEffect } from 'react'
import type { Saved } from './use-saving.ts'

interface DrawerFootProps {
  readonly state: Pick<Saved, 'fault' | 'saving' | 'stale'>
  readonly readOnly: boolean
  /** On the button, such as `Add the segment`. */
  readonly verb: string
  readonly onLeave: () => void
  /** Loads what somebody else has saved meanwhile. */
  readonly onReload?: () => void
}

/** The end of a form in a drawer: what went wrong, and the buttons. A mistake moves the focus to its field. */
export function DrawerFoot({ state, readOnly, verb, onLeave, onReload }: DrawerFootProps) {
  const { fault } = state
  useEffect(() => {
    if (fault !== undefined)
      document.querySelector<HTMLElement>('[role="dialog"] [aria-invalid="true"]')?.focus()
  }, [fault])
  return (
    <>
      {fault !== undefined && (
        <Alert color="red" role="alert">
          {fault}
          {state.stale && onReload && (
            <Button size="xs" variant="default" mt="xs" display="block" onClick={onReload}>
              Show what is saved now; my changes are lost
            </Button>
          )}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onLeave}>
          {readOnly ? 'Close' : 'Cancel'}
        </Button>
        {!readOnly && (
          <Button type="submit" loading={state.saving}>
            {verb}
          </Button>
        )}
      </Group>
    </>
  )
}
