import { Paper, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CompassRose } from '../shell/compass-rose.tsx'

/** What stands where there is nothing: a sentence, and what to do about it. */
export function EmptyView({ text, action }: { text: ReactNode; action?: ReactNode }) {
  return (
    <Paper p="xl" ta="center">
      <Stack align="center" gap="sm" maw="28rem" mx="auto">
        <CompassRose size={56} faint />
        <Text c="dimmed" size="md" component="div">
          {text}
        </Text>
        {action}
      </Stack>
    </Paper>
  )
}
