import { TagsInput } from '@mantine/core'
import type { ReactNode } from 'react'

interface NamesInputProps {
  readonly label: string
  readonly description?: ReactNode
  readonly placeholder?: string
  readonly names?: readonly string[]
  readonly value: readonly string[]
  readonly error?: ReactNode
  readonly required?: boolean
  readonly disabled?: boolean
  readonly autoFocus?: boolean
  readonly onChange: (value: string[]) => void
}

/** Several names, addresses or patterns: chosen or typed, each a tag. What is pasted is taken apart at commas and line ends. */
export function NamesInput({ names = [], value, placeholder, autoFocus, ...rest }: NamesInputProps) {
  return (
    <TagsInput
      {...rest}
      data={[...names]}
      limit={50}
      value={[...value]}
      placeholder={value.length === 0 ? placeholder : undefined}
      splitChars={[',', '\n', ';']}
      acceptValueOnBlur
      spellCheck={false}
      data-autofocus={autoFocus || undefined}
    />
  )
}

/** A few of many, and how many more. */
export function Few({ items, most = 2 }: { items: readonly string[]; most?: number }) {
  const rest = items.length - most
  return (
    <span title={rest > 0 ? items.slice(0, 50).join(', ') : undefined}>
      {items.slice(0, most).join(', ')}
      {rest > 0 && <span className="dimmed"> and {rest.toLocaleString('en')} more</span>}
    </span>
  )
}
