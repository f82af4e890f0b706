import { Code, Popover, Text, UnstyledButton } from '@mantine/core'
import type { Because as Reason } from '@portolan/console/contract'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './because.module.css'

/** Why something is as it is: a value with its reason behind a click. */
export function Because({ because, children }: { because: Reason; children?: ReactNode }) {
  return (
    <Popover width={300} position="bottom-start" shadow="md" withArrow trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.target} aria-label={children === undefined ? 'Why?' : undefined}>
          {children}
          <IconInfoCircle size={15} aria-hidden />
          {children !== undefined && <span className={classes.hidden}>, why?</span>}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm">{because.text}</Text>
        <Code mt={6} display="inline-block">
          {because.code}
        </Code>
      </Popover.Dropdown>
    </Popover>
  )
}
