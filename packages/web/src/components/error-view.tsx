import { Alert, Button, Code, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/client.ts'

/** What went wrong, its stable code, and the way to try again. */
export function ErrorView({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const text = error instanceof Error ? error.message : String(error)
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title="That did not work"
      role="alert"
    >
      <Text size="md" component="div">
        {text}
      </Text>
      <Group gap="sm" mt="sm">
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
        {error instanceof ApiError && <Code>{error.code}</Code>}
      </Group>
    </Alert>
  )
}
