import { Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import classes from './form-section.module.css'

/** A part of a long form: what it is about on the left, the fields on the right; one below the other on a phone. */
export function FormSection(props: { title: string; description?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className={classes.root} aria-labelledby={id}>
      <div className={classes.head}>
        <Title order={2} id={id}>
          {props.title}
        </Title>
        {props.description && (
          <Text size="sm" c="dimmed" component="div">
            {props.description}
          </Text>
        )}
      </div>
      <div className={classes.fields}>{props.children}</div>
    </section>
  )
}
