import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { splitEnding } from './free-name.ts'
import { nameProblem } from './paths.ts'

interface NameModalProps {
  readonly title: string
  readonly label: string
  readonly verb: string
  /** What stands in the field at first. */
  readonly name: string
  /** Only the part before the ending is selected, so that typing keeps it. */
  readonly keepEnding?: boolean
  readonly onClose: () => void
  readonly onName: (name: string) => Promise<void>
}

/** Asks for a name. What the server says against it stands at the field. Shown while it is mounted. */
export function NameModal({ title, label, verb, name: first, keepEnding, onClose, onName }: NameModalProps) {
  const [name, setName] = useState(first)
  const [touched, setTouched] = useState(false)
  const selected = useRef(false)
  const run = useMutation({ mutationFn: onName, onSuccess: onClose })
  /** Once: whoever comes back to the field wants to stand where he clicked. */
  const selectStem = (input: HTMLInputElement) => {
    if (selected.current) return
    selected.current = true
    input.setSelectionRange(0, keepEnding ? splitEnding(first)[0].length : first.length)
  }
  const problem = nameProblem(name)
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={event => {
          event.preventDefault()
          setTouched(true)
          if (problem === undefined) run.mutate(name)
        }}
      >
        <Stack gap="md">
          <TextInput
            onFocus={event => selectStem(event.currentTarget)}
            label={label}
            value={name}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            error={run.error?.message ?? (touched ? problem : undefined)}
            onChange={event => {
              setName(event.currentTarget.value)
              run.reset()
            }}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={run.isPending} disabled={keepEnding && name === first}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
