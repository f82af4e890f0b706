import { Alert, Button, List, Stack, Text } from '@mantine/core'
import type { FieldProblem, SettingsPreview } from '@portolan/console/contract'
import { IconAlertTriangle, IconArrowsExchange, IconCircleX } from '@tabler/icons-react'
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
        <Alert color="red" icon={<IconCircleX aria-hidden />} title="This cannot be saved yet">
          <Places places={problems} onJump={onJump} />
        </Alert>
      )}
      {difference.length > 0 ? (
        <DifferenceTable difference={difference} />
      ) : (
        problems.length === 0 && <Text size="md">Nothing would change.</Text>
      )}
      {consequences.length > 0 && (
        <Alert color="navy" icon={<IconArrowsExchange aria-hidden />} title="What happens beside">
          <List size="sm" spacing={3}>
            {consequences.map(({ path, code, text }) => (
              <List.Item key={`${code} ${path}`}>{text}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {warnings.length > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="To think of">
          <Places places={warnings} onJump={onJump} />
        </Alert>
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
