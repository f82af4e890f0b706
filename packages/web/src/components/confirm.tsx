import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ErrorView } from './error-view.tsx'

interface ConfirmModalProps {
  readonly opened: boolean
  readonly onClose: () => void
  /** A question: `Delete alice?` */
  readonly title: string
  /** What will happen, and what will not. */
  readonly children: ReactNode
  /** The verb on the button. */
  readonly verb: string
  readonly danger?: boolean
  /** For more than a few sentences. Default `md`. */
  readonly size?: 'md' | 'xl'
  /** A word that has to be typed before the button works. */
  readonly typed?: string
  readonly onConfirm: () => Promise<unknown>
}

/** Asks before something that cannot be undone, and stays open with the reason when it is refused. */
export function ConfirmModal(props: ConfirmModalProps) {
  const { opened, onClose, title, children, verb, danger = false, size = 'md', typed, onConfirm } = props
  const [word, setWord] = useState('')
  const run = useMutation({
    mutationFn: onConfirm,
    onSuccess: () => close(),
  })
  const close = () => {
    setWord('')
    run.reset()
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title={title} size={size}>
      <form
        onSubmit={event => {
          event.preventDefault()
          event.stopPropagation()
          run.mutate()
        }}
      >
        <Stack gap="md">
          <Text component="div" size="md">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={`Type “${typed}” to go on`}
              value={word}
              onChange={event => setWord(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {run.error && <ErrorView error={run.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus={typed === undefined || undefined}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={danger ? 'red' : undefined}
              loading={run.isPending}
              disabled={typed !== undefined && word !== typed}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface ConfirmButtonProps extends Omit<ConfirmModalProps, 'opened' | 'onClose'> {
  /** The button; it is given what opens the question. */
  readonly button: (open: () => void) => ReactNode
}

/** A button that asks first. */
export function ConfirmButton({ button, ...modal }: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      {button(open)}
      <ConfirmModal {...modal} opened={opened} onClose={close} />
    </>
  )
}
