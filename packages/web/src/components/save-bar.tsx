import { Button, Group, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ConfirmModal } from './confirm.tsx'
import classes from './save-bar.module.css'

interface SaveBarProps {
  /** Whether there is something to save; only then the bar shows. */
  readonly dirty: boolean
  readonly saving: boolean
  readonly onDiscard: () => void
  readonly saveLabel?: string
  /** On the button that throws the changes away. */
  readonly discardLabel?: string
  /** What is not saved, as a sentence. */
  readonly text?: string
  /** A sentence that stays until the next try, such as a mistake that belongs to no field. */
  readonly error?: string | undefined
  /** The form that is submitted, when the bar stands outside of it. */
  readonly form?: string
}

/**
 * The foot of a form with unsaved changes. Its button submits the form around it; leaving the page asks first. An error moves
 * the focus to the first field with a mistake.
 */
export function SaveBar({ dirty, saving, onDiscard, error, form, ...texts }: SaveBarProps) {
  const { saveLabel = 'Save', discardLabel = 'Discard' } = texts
  const { text = 'There are changes that are not saved.' } = texts
  useEffect(() => {
    if (error !== undefined) document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus()
  }, [error])
  return (
    <>
      <div className={classes.root} data-shown={dirty || undefined}>
        <Group justify="space-between" gap="sm" className={classes.bar}>
          <Text
            size="sm"
            role={error === undefined ? undefined : 'alert'}
            c={error === undefined ? undefined : 'red'}
          >
            {error ?? text}
          </Text>
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={onDiscard} disabled={saving}>
              {discardLabel}
            </Button>
            <Button type="submit" form={form} loading={saving}>
              {saveLabel}
            </Button>
          </Group>
        </Group>
      </div>
      <UnsavedGuard dirty={dirty && !saving} />
    </>
  )
}

/** Asks before a page with unsaved changes is left. */
export function UnsavedGuard({ dirty }: { dirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })
  return (
    <ConfirmModal
      opened={blocker.status === 'blocked'}
      title="Leave without saving?"
      verb="Leave"
      danger
      onClose={() => blocker.reset?.()}
      onConfirm={async () => blocker.proceed?.()}
    >
      The changes on this page are lost.
    </ConfirmModal>
  )
}
