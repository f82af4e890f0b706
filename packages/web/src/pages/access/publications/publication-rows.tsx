import { ActionIcon, Button, Input, NumberInput, Switch, TextInput, Tooltip } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { Keyed } from '../../../components/keyed.ts'
import { move } from '../../../components/reorder.ts'
import { type AddressRow, emptyAddressRow, emptyListener, type ListenerRow } from './publication-form.ts'
import classes from './publications.module.css'

interface RowsProps<Row> {
  readonly rows: readonly Keyed<Row>[]
  readonly errors: FormErrors
  readonly disabled: boolean
  readonly onChange: (rows: readonly Keyed<Row>[]) => void
}

/** Control ports of the edge, and where on the server each leads. */
export function Listeners({ rows, errors, disabled, onChange }: RowsProps<ListenerRow>) {
  const put = (place: number, change: Partial<ListenerRow>) =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...change } : row)))
  return (
    <Input.Wrapper label="Listeners" labelElement="div" required error={errors.listeners}>
      <div className={classes.rows}>
        {rows.map((row, place) => (
          <div key={row.key} className={classes.listener}>
            <NumberInput
              label="Port of the edge"
              hideControls
              min={1}
              max={65_535}
              clampBehavior="none"
              allowDecimal={false}
              disabled={disabled}
              value={row.port}
              error={errors[`listeners.${place}.port`] ?? errors[`listeners.${place}`]}
              onChange={port => put(place, { port })}
            />
            <NumberInput
              label="Port of the server"
              placeholder={row.port === '' ? undefined : String(row.port)}
              hideControls
              min={1}
              max={65_535}
              clampBehavior="none"
              allowDecimal={false}
              disabled={disabled}
              value={row.serverPort}
              error={errors[`listeners.${place}.serverPort`]}
              onChange={serverPort => put(place, { serverPort })}
            />
            {!disabled && (
              <Remove
                label={`Take listener ${place + 1} away`}
                onClick={() => onChange(rows.filter((_, at) => at !== place))}
              />
            )}
          </div>
        ))}
        {!disabled && <Add text="Add a listener" onClick={() => onChange([...rows, emptyListener()])} />}
      </div>
    </Input.Wrapper>
  )
}

/** Which address clients are told for data connections: the first enabled rule that fits. */
export function AddressRules({ rows, errors, disabled, onChange }: RowsProps<AddressRow>) {
  const put = (place: number, change: Partial<AddressRow>) =>
    onChange(rows.map((row, at) => (at === place ? { ...row, ...change } : row)))
  return (
    <Input.Wrapper
      label="Passive Mode Address Rules"
      labelElement="div"
      description="What clients are told as the address of data connections; the first enabled rule that fits decides"
      error={errors.addressRules}
    >
      <div className={classes.rows}>
        {rows.map((row, place) => (
          <div key={row.key} className={classes.rule}>
            <Switch
              size="sm"
              aria-label={`Address rule ${place + 1} is enabled`}
              checked={row.enabled}
              disabled={disabled}
              onChange={event => put(place, { enabled: event.currentTarget.checked })}
            />
            <TextInput
              label="Clients"
              placeholder="all"
              spellCheck={false}
              disabled={disabled}
              value={row.clients}
              error={errors[`addressRules.${place}.clients`] ?? errors[`addressRules.${place}`]}
              onChange={event => put(place, { clients: event.currentTarget.value })}
            />
            <TextInput
              label="Address"
              placeholder="203.0.113.7 or control"
              spellCheck={false}
              disabled={disabled}
              value={row.address}
              error={errors[`addressRules.${place}.address`]}
              onChange={event => put(place, { address: event.currentTarget.value })}
            />
            {!disabled && (
              <div className={classes.actions}>
                <Move
                  way="up"
                  label={`Move address rule ${place + 1} up`}
                  disabled={place === 0}
                  onClick={() => onChange(move(rows, place, place - 1))}
                />
                <Move
                  way="down"
                  label={`Move address rule ${place + 1} down`}
                  disabled={place === rows.length - 1}
                  onClick={() => onChange(move(rows, place, place + 1))}
                />
                <Remove
                  label={`Take address rule ${place + 1} away`}
                  onClick={() => onChange(rows.filter((_, at) => at !== place))}
                />
              </div>
            )}
          </div>
        ))}
        {!disabled && <Add text="Add a rule" onClick={() => onChange([...rows, emptyAddressRow()])} />}
      </div>
    </Input.Wrapper>
  )
}

const Add = ({ text, onClick }: { text: string; onClick: () => void }) => (
  <div>
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick}>
      {text}
    </Button>
  </div>
)

const Remove = ({ label, onClick }: { label: string; onClick: () => void }) => (
  <Tooltip label="Take it away">
    <ActionIcon color="red" aria-label={label} className={classes.button} onClick={onClick}>
      <IconTrash size={17} aria-hidden />
    </ActionIcon>
  </Tooltip>
)

interface MoveProps {
  readonly way: 'up' | 'down'
  readonly label: string
  readonly disabled: boolean
  readonly onClick: () => void
}

function Move({ way, label, disabled, onClick }: MoveProps) {
  const Icon = way === 'up' ? IconArrowUp : IconArrowDown
  return (
    <Tooltip label={way === 'up' ? 'Earlier' : 'Later'}>
      <ActionIcon aria-label={label} disabled={disabled} className={classes.button} onClick={onClick}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
