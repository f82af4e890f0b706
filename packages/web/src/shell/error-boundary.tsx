import { Button, Container, Stack, Text, Title } from '@mantine/core'
import { Component, type ReactNode } from 'react'

interface State {
  readonly error: unknown
}

/** The last net: a fault of the console itself shows a sentence and the way on, and never a blank page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined }

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render() {
    if (this.state.error === undefined) return this.props.children
    return <Fault error={this.state.error} />
  }
}

/** A fault inside a page. A part of the program that cannot be loaded any more was replaced by a newer one. */
export function Fault({ error }: { error: unknown }) {
  const text = error instanceof Error ? error.message : String(error)
  const outdated = /dynamically imported module|Importing a module|module script/i.test(text)
  return (
    <Container size="xs" py="xl" role="alert">
      <Stack gap="sm" align="flex-start">
        <Title order={1}>{outdated ? 'The console was renewed' : 'This page failed'}</Title>
        <Text size="md">
          {outdated
            ? 'This page belongs to an older version of the console. Loading it anew brings the present one.'
            : 'That is a fault of the console, not of what you did. The server goes on working.'}
        </Text>
        {!outdated && (
          <Text size="sm" c="dimmed" ff="monospace">
            {text}
          </Text>
        )}
        <Button onClick={() => window.location.reload()}>Load the page anew</Button>
      </Stack>
    </Container>
  )
}
