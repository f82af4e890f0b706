import { Select } from '@mantine/core'

const SPANS = [
  { value: '1', label: 'Last hour' },
  { value: '24', label: 'Last 24 hours' },
  { value: '168', label: 'Last 7 days' },
  { value: '720', label: 'Last 30 days' },
]

/** How far back a log is looked at; the filter `hours`. */
export function HoursSelect({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (hours: string) => void
}) {
  return (
    <Select
      aria-label="How far back"
      placeholder="Any time"
      clearable
      data={SPANS}
      value={value || null}
      onChange={hours => onChange(hours ?? '')}
    />
  )
}
