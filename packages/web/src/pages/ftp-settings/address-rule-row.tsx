import { ActionIcon, Checkbox, Switch, TextInput, Tooltip } from '@mantine/core'
import type { AddressRule, FieldProblem } from '@portolan/console/contract'
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react'
import type { PointerEvent } from 'react'
import classes from './address-rules.module.css'
import { inputId } from './row-id.ts'
import type { RuleRow } from './rules.ts'

interface AddressRuleRowProps {
  readonly row: RuleRow
  /** Of the rule in the settings. */
  readonly path: string
  readonly place: number
  readonly last: number
  readonly narrow: boolean
  readonly locked: boolean
  readonly ticked: boolean
  /** The preview says that this rule decides. */
  readonly decided: boolean
  readonly problems: readonly FieldProblem[]
  readonly onTick: (on: boolean) => void
  readonly onEdit: (change: Partial<AddressRule>) => void
  readonly onMove: (to: number) => void
}

const CELLS = [
  { name: 'userClass', label: 'User Class', placeholder: '*' },
  { name: 'clients', label: 'Clients', placeholder: 'every' },
  { name: 'destination', label: 'Destination', placeholder: 'every' },
  { name: 'address', label: 'Address told', placeholder: '203.0.113.7' },
  { name: 'name', label: 'Name', placeholder: '' },
] as const

/** A rule: edited in place, dragged by its handle or moved with the arrow keys on it. */
export function AddressRuleRow(props: AddressRuleRowProps) {
  const { row, path, place, last, narrow, locked, ticked, decided, problems, onTick, onEdit, onMove } = props
  const { rule } = row
  const name = `rule ${place + 1}`
  return (
    <tr data-rule={place} data-decided={decided || undefined} data-off={!rule.enabled || undefined}>
      {!locked && (
        <td className={classes.tick}>
          <Checkbox
            size="xs"
            aria-label={`Tick ${name}`}
            checked={ticked}
            onChange={event => onTick(event.currentTarget.checked)}
          />
        </td>
      )}
      <td className={classes.place} aria-label={decided ? `${place + 1}, decides in the preview` : undefined}>
        {place + 1}
      </td>
      <td className={classes.on}>
        <Switch
          size="xs"
          aria-label={`${name} enabled`}
          checked={rule.enabled}
          disabled={locked}
          onChange={event => onEdit({ enabled: event.currentTarget.checked })}
        />
      </td>
      {CELLS.map(cell => {
        const told = problems
          .filter(({ path }) => path.endsWith(`].${cell.name}`))
          .map(({ message }) => message)
        return (
          <td key={cell.name} className={classes.cell}>
            <TextInput
              size="xs"
              id={inputId(`${path}.${cell.name}`)}
              variant={narrow ? 'default' : 'unstyled'}
              label={narrow ? cell.label : undefined}
              aria-label={`${cell.label} of ${name}`}
              value={rule[cell.name] ?? ''}
              title={rule[cell.name]}
              placeholder={cell.placeholder}
              readOnly={locked}
              spellCheck={false}
              error={told.length > 0 ? told.join('; ') : undefined}
              onChange={event => onEdit({ [cell.name]: event.currentTarget.value })}
            />
          </td>
        )
      })}
      {!locked && (
        <td className={classes.moves}>
          <Tooltip label="Move up">
            <ActionIcon
              size="sm"
              aria-label={`Move ${name} up`}
              disabled={place === 0}
              onClick={() => onMove(place - 1)}
            >
              <IconArrowUp size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Move down">
            <ActionIcon
              size="sm"
              aria-label={`Move ${name} down`}
              disabled={place === last}
              onClick={() => onMove(place + 1)}
            >
              <IconArrowDown size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Drag, or use the arrow keys">
            <ActionIcon
              size="sm"
              className={classes.handle}
              aria-label={`Drag ${name}; the arrow keys move it`}
              onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
              onPointerMove={event => {
                const over = ruleUnder(event)
                if (over !== undefined && over !== place) onMove(over)
              }}
              onKeyDown={event => {
                const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
                if (by === undefined) return
                event.preventDefault()
                onMove(place + by)
              }}
            >
              <IconGripVertical size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </td>
      )}
    </tr>
  )
}

/** The place of the rule below the pointer while the handle is held. */
function ruleUnder(event: PointerEvent<HTMLElement>): number | undefined {
  if (!event.currentTarget.hasPointerCapture(event.pointerId)) return undefined
  const table = event.currentTarget.closest('table')
  for (const row of table?.querySelectorAll<HTMLElement>('tr[data-rule]') ?? []) {
    const { top, bottom } = row.getBoundingClientRect()
    if (event.clientY >= top && event.clientY < bottom) return Number(row.dataset.rule)
  }
  return undefined
}
