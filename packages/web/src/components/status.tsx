import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconInfoCircle,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './status.module.css'

/** What a state means to who looks at it. Each has a shape of its own, so that colour is never alone. */
export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'idle' | 'off'

const ICONS = {
  good: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  info: IconInfoCircle,
  idle: IconCircleDashed,
  off: IconCircleMinus,
} as const

/** A word with the colour and the shape of what it means. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = ICONS[tone]
  return (
    <span className={classes.status} data-tone={tone}>
      <Icon size={14} stroke={2.2} aria-hidden />
      <span>{children}</span>
    </span>
  )
}

const VERDICTS: Readonly<Record<string, Tone>> = {
  complete: 'good',
  broken: 'bad',
  failed: 'bad',
  refused: 'warn',
}

/** How a transfer ended. */
export const Verdict = ({ verdict }: { verdict: string }) => (
  <Status tone={VERDICTS[verdict] ?? 'info'}>{verdict}</Status>
)

/** Whether something is switched on. */
export const Enabled = ({ enabled }: { enabled: boolean }) => (
  <Status tone={enabled ? 'good' : 'off'}>{enabled ? 'enabled' : 'disabled'}</Status>
)
