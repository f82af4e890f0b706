import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'

/** Copies a text. With `label` it is a button with words, else an icon. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const { copied, copy } = useClipboard({ timeout: 1500 })
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
  if (label !== undefined) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => copy(text)}>
        {copied ? 'Copied' : label}
      </Button>
    )
  }
  return (
    <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
      <ActionIcon
        variant="subtle"
        size="sm"
        aria-label={copied ? 'Copied' : `Copy ${what}`}
        onClick={() => copy(text)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}
