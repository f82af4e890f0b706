import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { isTree } from './paths.ts'
import { type FieldInputProps, PlainInput } from './plain-input.tsx'
import { inputId } from './row-id.ts'
import { type Field, type FieldOf, labelOf } from './schema-form.ts'
import classes from './tables.module.css'

/** A list of things of one kind, such as listeners: each a row, each of its settings a cell. */
export function ObjectTable({ field, value, locked, onChange }: FieldInputProps<FieldOf<'table'>>) {
  const rows = Array.isArray(value) ? value.filter(isTree) : []
  const named = rows.map((row, place) => ({ row, place, name: rowName(field, place) }))
  const set = (place: number, name: string, cell: unknown) =>
    onChange(rows.map((row, at) => (at === place ? withCell(row, name, cell) : row)))
  return (
    <div className={classes.objects}>
      {named.map(({ row, place, name }) => (
        <section key={name} className={classes.object} aria-label={name}>
          {field.columns.map(column => {
            const id = inputId(`${field.path}[${place}].${column.name}`)
            return (
              <div key={column.name} className={classes.cell} data-kind={column.kind}>
                <label htmlFor={id} title={column.description}>
                  {column.label}
                </label>
                <PlainInput
                  field={column}
                  id={id}
                  label={`${column.label} of ${name}`}
                  value={row[column.name]}
                  invalid={false}
                  locked={locked}
                  onChange={cell => set(place, column.name, cell)}
                />
              </div>
            )
          })}
          {!locked && (
            <Tooltip label={`Remove ${name}`}>
              <ActionIcon
                className={classes.remove}
                color="red"
                aria-label={`Remove ${name}`}
                onClick={() => onChange(rows.filter((_, at) => at !== place))}
              >
                <IconTrash size={17} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </section>
      ))}
      {rows.length === 0 && <p className={classes.none}>None.</p>}
      {!locked && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => onChange([...rows, {}])}
        >
          Add {rowName(field, rows.length).replace(/ \d+$/, '')}
        </Button>
      )}
    </div>
  )
}

/** The row with a cell; an emptied one is left out, as a file would. */
function withCell(row: Record<string | number, unknown>, name: string, cell: unknown) {
  const { [name]: _, ...rest } = row
  return cell === '' ? rest : { ...rest, [name]: cell }
}

/** A row of a table in words, for labels: `listener 2`. */
const rowName = (field: Field, place: number): string =>
  `${labelOf(field.name).toLowerCase().replace(/s$/, '')} ${place + 1}`
