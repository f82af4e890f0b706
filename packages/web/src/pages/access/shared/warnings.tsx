import { Tooltip, VisuallyHidden } from '@mantine/core'
import type { FieldProblem } from '@portolan/console/contract'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Notice } from '../../../components/notice.tsx'
import classes from './shared.module.css'

/** What is probably not meant, in its form. */
export function Warnings({ warnings }: { warnings: readonly FieldProblem[] | undefined }) {
  if (!warnings || warnings.length === 0) return null
  return (
    <Notice tone="warn" title="To look after">
      <ul>
        {warnings.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path !== '' && (
              <>
                <code>{path}</code>{' '}
              </>
            )}
            {message}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** The name of a row, with a sign when there is something to look after. */
export function NameWithWarnings({ name, warnings }: { name: string; warnings: readonly FieldProblem[] }) {
  if (warnings.length === 0) return name
  return (
    <Tooltip label={warnings.map(({ message }) => message).join(' ')} multiline maw={320}>
      <span className={classes.warned}>
        {name}
        <IconAlertTriangle size={14} aria-hidden />
        <VisuallyHidden>, something to look after</VisuallyHidden>
      </span>
    </Tooltip>
  )
}
