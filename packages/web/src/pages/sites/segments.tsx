import { Input, SegmentedControl } from '@mantine/core'
import { useId } from 'react'
import classes from './segments.module.css'

interface SegmentsProps<Value extends string> {
  readonly label: string
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly disabled: boolean
}

/** A choice of few, all of which are seen. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const { label, options, value, onChange, disabled } = props
  const id = useId()
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      id={id}
      labelProps={{ id: `${id}-label` }}
      classNames={classes}
    >
      <SegmentedControl
        aria-labelledby={`${id}-label`}
        disabled={disabled}
        data={options.map(option => ({ ...option }))}
        value={value}
        onChange={chosen => {
          const found = options.find(option => option.value === chosen)
          if (found) onChange(found.value)
        }}
      />
    </Input.Wrapper>
  )
}
