import { ActionIcon, Button, Input, NumberInput, Text, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useId } from 'react'
import type { Keyed } from '../../../components/keyed.ts'
import { countText } from '../../../format/format.ts'
import { emptyPortRow, type PortRow, portCount, portsOfRows } from './port-rows.ts'
import classes from './shared.module.css'

interface PortRangesEditorProps {
  readonly rows: readonly Keyed<PortRow>[]
  /** By `ports`, `ports.0`, `ports.0.from`. */
  readonly errors: FormErrors
  readonly disabled: boolean
  readonly onChange: (rows: readonly Keyed<PortRow>[]) => void
}

/** Ranges of TCP ports, a row each. */
export function PortRangesEditor({ rows, errors, disabled, onChange }: PortRangesEditorProps) {
  const id = useId()
  const put = (place: number, change: Partial<PortRow>) =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...change } : row)))
  const count = portCount(portsOfRows(rows).filter(({ from, to }) => from >= 1 && to >= from && to <= 65_535))
  return (
    <Input.Wrapper
      label="TCP port ranges"
      labelElement="div"
      required
      error={errors.ports}
      id={id}
      labelProps={{ id: `${id}-label` }}
    >
      <fieldset aria-labelledby={`${id}-label`} className={classes.ranges}>
        {rows.map((row, place) => {
          const field = (side: 'from' | 'to', label: string) => (
            <NumberInput
              aria-label={`${label} of port range ${place + 1}`}
              placeholder={side === 'from' ? 'from' : row.from === '' ? 'to' : String(row.from)}
              hideControls
              min={1}
              max={65_535}
              clampBehavior="none"
              allowDecimal={false}
              disabled={disabled}
              value={row[side]}
              error={
                errors[`ports.${place}.${side}`] ?? (side === 'from' ? errors[`ports.${place}`] : undefined)
              }
              onChange={value => put(place, { [side]: value })}
            />
          )
          return (
            <div key={row.key} className={classes.range}>
              {field('from', 'Begin')}
              <span aria-hidden className={classes.to}>
                to
              </span>
              {field('to', 'End')}
              {!disabled && (
                <Tooltip label="Take this range away">
                  <ActionIcon
                    color="red"
                    aria-label={`Take port range ${place + 1} away`}
                    onClick={() => onChange(rows.filter((_, at) => at !== place))}
                  >
                    <IconTrash size={17} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              )}
            </div>
          )
        })}
        <div className={classes.presets}>
          {!disabled && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => onChange([...rows, emptyPortRow()])}
            >
              Add a range
            </Button>
          )}
          <Text size="sm" c="dimmed" component="span" className={classes.portCount}>
            {count === 1 ? 'one port' : `${countText(count)} ports`}
          </Text>
        </div>
      </fieldset>
    </Input.Wrapper>
  )
}
