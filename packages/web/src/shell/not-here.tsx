import { Button, Container, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ApiError } from '../api/client.ts'
import { ErrorView } from '../components/error-view.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { CompassRose } from './compass-rose.tsx'
import { useMe } from './me.ts'
import type { Page } from './pages.ts'

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Container component="main" size="xs" py="xl">
      <Stack align="flex-start" gap="sm">
        <CompassRose size={56} faint />
        <Title order={1}>There is no such page</Title>
        <Text size="md">The address is not one of this console. It may have been cut short.</Text>
        <Button component={Link} to="/">
          To the start
        </Button>
      </Stack>
    </Container>
  )
}

/** A page that the role does not reach. */
export function NotAllowed({ page }: { page: Page }) {
  const me = useMe()
  return (
    <>
      <PageHeader title={page.title} />
      <Text size="md">
        {me?.name} {me?.role ? `is ${me.role}` : 'is signed in'}, and may not see this page: it needs the
        scope <code>{page.scope}</code>. An administrator can change the role.
      </Text>
    </>
  )
}

/** The server did not answer when the console was opened. */
export function Unreachable({ error }: { error: ApiError }) {
  return (
    <Container component="main" size="xs" py="xl">
      <Title order={1} mb="md">
        The console cannot be shown
      </Title>
      <ErrorView error={error} onRetry={() => window.location.reload()} />
    </Container>
  )
}
