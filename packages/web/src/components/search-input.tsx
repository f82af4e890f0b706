import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

interface SearchInputProps {
  /** What is searched, such as `Search users`. */
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly maxLength?: number
}

/** A field that searches when the typing rests for a quarter of a second. `/` jumps to it. */
export function SearchInput({ label, value, onChange, maxLength = 200 }: SearchInputProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  const tell = useDebouncedCallback(onChange, 250)
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      data-search-input
      maxLength={maxLength}
      value={text}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text === '' ? null : (
          <CloseButton
            size="sm"
            aria-label="Clear the search"
            onClick={() => {
              setText('')
              onChange('')
            }}
          />
        )
      }
      onChange={event => {
        setText(event.currentTarget.value)
        tell(event.currentTarget.value.trim())
      }}
    />
  )
}
