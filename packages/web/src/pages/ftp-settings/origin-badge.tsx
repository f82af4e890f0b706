import { Tooltip } from '@mantine/core'
import type { Origin } from '@portolan/console/contract'
import { IconLock } from '@tabler/icons-react'
import classes from './field.module.css'

/** What each origin means. A later one beats those before it. */
const ORIGIN_TEXT: Readonly<Record<Origin, string>> = {
  default: 'Nobody has set this: it is the default.',
  file: 'The settings file says so. What is saved here beats it.',
  store:
    'Saved here in the console, by the API or by portolan config. Reset goes back to the file or the default.',
  flag: 'A flag of the start says so. Nothing else can change it while the server runs.',
}

/** Where a value in force comes from. */
export function OriginBadge({
  origin,
  flag,
  id,
}: {
  origin: Origin
  flag?: string | undefined
  id?: string
}) {
  const shown = flag === undefined ? origin : 'flag'
  return (
    <Tooltip label={ORIGIN_TEXT[shown]} multiline maw={280}>
      <span className={classes.origin} data-origin={shown} id={id}>
        {flag !== undefined && <IconLock size={12} aria-hidden />}
        {flag ?? origin}
      </span>
    </Tooltip>
  )
}
