import { Progress, Text } from '@mantine/core'
import type { FolderView } from '@portolan/console/contract'
import { bytesText, countText } from '../../format/format.ts'
import classes from './files.module.css'

/** What is left of the quota, and how much of it is used. */
export function QuotaBar({ quota }: { quota: NonNullable<FolderView['quota']> }) {
  return (
    <div className={classes.quota}>
      <Part label="Space" left={quota.bytes} of={quota.of.bytes} text={bytesText} what="" />
      <Part label="Files" left={quota.files} of={quota.of.files} text={countText} what=" files" />
    </div>
  )
}

interface PartProps {
  readonly label: string
  readonly left: number | undefined
  readonly of: number | undefined
  readonly text: (value: number) => string
  /** What is counted, with a space before it. */
  readonly what: string
}

function Part({ label, left, of, text, what }: PartProps) {
  if (left === undefined || of === undefined) return null
  const used = of === 0 ? 100 : Math.min(100, ((of - left) / of) * 100)
  const sentence = `${text(left)} of ${text(of)}${what} left`
  return (
    <div>
      <Text size="sm" c="dimmed" className="tabular">
        {sentence}
      </Text>
      <Progress.Root size={6} mt={3}>
        <Progress.Section
          value={used}
          color={used >= 95 ? 'red' : used >= 80 ? 'buoy' : undefined}
          aria-label={`${label} used: ${sentence}`}
        />
      </Progress.Root>
    </div>
  )
}
