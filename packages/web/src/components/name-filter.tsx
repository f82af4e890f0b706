import { Autocomplete } from '@mantine/core'
import { useState } from 'react'

interface NameFilterProps {
  /** What is filtered by, such as `Segment`. */
  readonly label: string
  readonly names: readonly string[]
  readonly value: string
  readonly onChange: (name: string) => void
}

/** A name to filter a log by: chosen, or typed and confirmed, since a log holds what is there no more. */
export function NameFilter({ label, names, value, onChange }: NameFilterProps) {
  const [typed, setTyped] = useState(value)
  const [held, setHeld] = useState(value)
  if (held !== value) {
    setHeld(value)
    setTyped(value)
  }
  return (
    <Autocomplete
      aria-label={label}
      placeholder={`Any ${label.toLowerCase()}`}
      clearable
      data={[...names]}
      limit={50}
      maxLength={128}
      value={typed}
      onChange={text => {
        setTyped(text)
        if (text === '') onChange('')
      }}
      onOptionSubmit={onChange}
      onBlur={() => typed !== value && onChange(typed.trim())}
      onKeyDown={event => event.key === 'Enter' && onChange(typed.trim())}
    />
  )
}
