import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import classes from './page-header.module.css'

interface PageHeaderProps {
  readonly title: string
  /** One sentence: what this page is for. */
  readonly description?: ReactNode
  /** Buttons, the most important one last. */
  readonly actions?: ReactNode
  /** A line above the title, such as the way back. */
  readonly above?: ReactNode
}

/** The head of every page; also names the window. */
export function PageHeader({ title, description, actions, above }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Portolan`
  }, [title])
  return (
    <header className={classes.root}>
      <div className={classes.text}>
        {above}
        <Title order={1} tabIndex={-1}>
          {title}
        </Title>
        {description && (
          <Text c="dimmed" size="md" maw="46rem" component="div">
            {description}
          </Text>
        )}
      </div>
      {actions && (
        <Group gap="xs" className={classes.actions}>
          {actions}
        </Group>
      )}
    </header>
  )
}
