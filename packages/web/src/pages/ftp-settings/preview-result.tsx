import { Button, List, Stack, Text } from '@mantine/core'
import type { FieldProblem, SettingsPreview } from '@portolan/console/contract'
import { Notice } from '../../components/notice.tsx'
import { DifferenceTable } from './difference-table.tsx'

interface PreviewResultProps {
  readonly preview: Omit<SettingsPreview, 'problems'> & { readonly problems: readonly FieldProblem[] }
  /** Shows the field of a mistake. */
  readonly onJump?: (path: string) => void
}

/** What a change would do: its mistakes, the difference, what else happens, and what to think of. */
export function PreviewResult({ preview, onJump }: PreviewResultProps) {
  const { problems, warnings, difference, consequences } = preview
  return (
    <Stack gap="sm">
      {problems.length > 0 && (
        <Notice tone="bad" title="This cannot be saved yet">
          <Places places={problems} onJump={onJump} />
        </Notice>
      )}
      {difference.length > 0 ? (
        <DifferenceTable difference={difference} />
      ) : (
        problems.length === 0 && <Text size="md">Nothing would change.</Text>
      )}
      {consequences.length > 0 && (
        <Notice tone="info" title="What else happens">
          <List size="sm" spacing={3}>
            {consequences.map(({ path, code, text }) => (
              <List.Item key={`${code} ${path}`}>{text}</List.Item>
            ))}
          </List>
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice tone="warn" title="To think of">
          <Places places={warnings} onJump={onJump} />
        </Notice>
      )}
    </Stack>
  )
}

function Places({
  places,
  onJump,
}: {
  places: readonly FieldProblem[]
  onJump?: ((path: string) => void) | undefined
}) {
  return (
    <List size="sm" spacing={3}>
      {places.map(({ path, message }) => (
        <List.Item key={`${path} ${message}`}>
          {path !== '' && (
            <>
              {onJump ? (
                <Button size="compact-xs" variant="default" ff="monospace" onClick={() => onJump(path)}>
                  {path}
                </Button>
              ) : (
                <code>{path}</code>
              )}{' '}
            </>
          )}
          {message}
        </List.Item>
      ))}
    </List>
  )
}
