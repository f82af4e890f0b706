import { ObjectTable } from './object-table.tsx'
import { type FieldInputProps, PlainInput } from './plain-input.tsx'
import { RecordTable } from './record-table.tsx'

/** The input for a setting, by its kind. */
export function FieldInput({ field, ...props }: FieldInputProps) {
  if (field.kind === 'table') return <ObjectTable field={field} {...props} />
  if (field.kind === 'record') return <RecordTable field={field} {...props} />
  return <PlainInput field={field} {...props} />
}
