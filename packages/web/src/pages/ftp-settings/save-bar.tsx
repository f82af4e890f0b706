import { Button, Group, Text } from '@mantine/core'
import { ConfirmButton } from '../../components/confirm.tsx'
import { plural } from '../../format/format.ts'
import classes from './page.module.css'

interface SaveBarProps {
  readonly changes: number
  /** Fields that are wrong already before the server is asked. */
  readonly mistakes: readonly string[]
  readonly onSave: () => void
  readonly onDiscard: () => void
  readonly onJump: (path: string) => void
}

/** Stands at the foot of the page while there is something to save. */
export function SaveBar({ changes, mistakes, onSave, onDiscard, onJump }: SaveBarProps) {
  const [first] = mistakes
  return (
    <section className={classes.bar} aria-label="Unsaved changes">
      <Text size="md" fw={600} role="status">
        {plural(changes, 'unsaved change')}
      </Text>
      {first !== undefined && (
        <Button variant="subtle" color="red" size="xs" onClick={() => onJump(first)}>
          {plural(mistakes.length, 'mistake')}: {first}
        </Button>
      )}
      <Group gap="xs" ml="auto" wrap="nowrap">
        <ConfirmButton
          title="Discard the changes?"
          verb="Discard"
          danger
          onConfirm={async () => onDiscard()}
          button={open => (
            <Button variant="default" onClick={open}>
              Discard
            </Button>
          )}
        >
          {plural(changes, 'change')} that you have not saved will be forgotten.
        </ConfirmButton>
        <Button onClick={onSave} disabled={first !== undefined}>
          Save …
        </Button>
      </Group>
    </section>
  )
}
