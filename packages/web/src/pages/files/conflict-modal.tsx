import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core'
import { useRef, useState } from 'react'
import { plural } from '../../format/format.ts'
import { freeName } from './free-name.ts'
import { crumbsOf } from './paths.ts'
import type { Choice, Question } from './upload-types.ts'

interface ConflictModalProps {
  readonly question: Question | undefined
  readonly onAnswer: (id: number, choice: Choice, forAll: boolean) => void
}

/** Asks what is to happen when a name is taken. Closing it leaves the file out. */
export function ConflictModal({ question, onAnswer }: ConflictModalProps) {
  const [forAll, setForAll] = useState(false)
  // What was asked stands there while the dialogue goes.
  const last = useRef(question)
  if (question) last.current = question
  const asked = question ?? last.current
  if (!asked) return null
  const { id, name, folder, byFolder, others } = asked
  const answer = (choice: Choice) => {
    if (!question) return
    onAnswer(id, choice, forAll && others > 0)
    setForAll(false)
  }
  const place = crumbsOf(folder).at(-1)?.name
  return (
    <Modal
      opened={question !== undefined}
      onClose={() => answer('skip')}
      title={`“${name}” is there already`}
      closeOnClickOutside={false}
    >
      <Stack gap="md">
        <Text size="md">
          {byFolder
            ? `A folder in “${place}” has that name, and a file cannot replace it.`
            : `There is a file of that name in “${place}”. It can be replaced, or the new one gets the name “${freeName(name, other => other === name)}”.`}
        </Text>
        {others > 0 && (
          <Checkbox
            checked={forAll}
            onChange={event => setForAll(event.currentTarget.checked)}
            label={`Do the same for the ${plural(others, 'other upload', 'other uploads')}`}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer('skip')}>
            Skip
          </Button>
          {!byFolder && (
            <Button variant="light" color="red" onClick={() => answer('replace')}>
              Replace
            </Button>
          )}
          <Button onClick={() => answer('keep-both')} data-autofocus>
            Keep both
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
