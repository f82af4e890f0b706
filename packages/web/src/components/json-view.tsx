import { ScrollArea, Text } from '@mantine/core'
import classes from './json-view.module.css'

/** Details that have no form of their own, as JSON; nothing when there are none. */
export function JsonView({ label, value }: { label: string; value: unknown }) {
  if (value === null || value === undefined) return null
  if (typeof value === 'object' && Object.keys(value).length === 0) return null
  return (
    <section aria-label={label}>
      <Text size="sm" c="dimmed" mt="md" mb={6}>
        {label}
      </Text>
      <ScrollArea.Autosize mah={360} viewportProps={{ tabIndex: 0 }}>
        <pre className={classes.json}>{JSON.stringify(value, undefined, 2)}</pre>
      </ScrollArea.Autosize>
    </section>
  )
}
