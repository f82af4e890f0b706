import { Text } from '@mantine/core'
import type { Difference } from './difference.ts'
import classes from './difference-view.module.css'

/** Fields with what they were and what they are. */
export function DifferenceView({ differences }: { differences: readonly Difference[] }) {
  if (differences.length === 0) return null
  return (
    <section aria-label="What changed">
      <Text size="sm" c="dimmed" mt="lg" mb={6}>
        What changed
      </Text>
      <ul className={classes.list}>
        {differences.map(({ path, before, after }) => (
          <li key={path}>
            <span className={classes.path}>{path || 'value'}</span>
            {before !== undefined && (
              <del className={classes.before}>
                <span aria-hidden>− </span>
                {before}
              </del>
            )}
            {after !== undefined && (
              <ins className={classes.after}>
                <span aria-hidden>+ </span>
                {after}
              </ins>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
