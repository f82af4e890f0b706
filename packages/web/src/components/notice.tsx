import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './notice.module.css'

const ICONS = { info: IconInfoCircle, warn: IconAlertTriangle, bad: IconCircleX } as const

interface NoticeProps {
  readonly tone: keyof typeof ICONS
  readonly title?: string
  readonly children: ReactNode
  /** It came up by itself, so screen readers should tell it: `alert` at once, `status` when they are free. */
  readonly role?: 'alert' | 'status'
  /** Keeps a distance to what stands below, where the place around it does not. */
  readonly spaced?: boolean
}

/** A remark beside the content of a page, in the colours of {@link import('./status.tsx').Status}. */
export function Notice({ tone, title, children, role, spaced }: NoticeProps) {
  const Icon = ICONS[tone]
  return (
    <div className={classes.root} data-tone={tone} data-spaced={spaced || undefined} role={role}>
      <Icon size={18} aria-hidden className={classes.icon} />
      <div className={classes.body}>
        {title !== undefined && <p className={classes.title}>{title}</p>}
        {children}
      </div>
    </div>
  )
}
