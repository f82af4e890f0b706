import { Input, NumberInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { PortAdvice } from '@portolan/console/contract'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { draftValue } from './draft.ts'
import { FieldMeta } from './field-meta.tsx'
import { FieldRow } from './field-row.tsx'
import { portEnd } from './port-range.ts'
import { inputId, rowId } from './row-id.ts'
import { type Field, type FieldOf, problemOf } from './schema-form.ts'
import classes from './section.module.css'
import { SectionView } from './section-view.tsx'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

const RANGE = ['enabled', 'basePort', 'numberOfPorts']

interface PortRangeSectionProps {
  readonly kind: 'active' | 'passive'
  readonly section: FieldOf<'section'>
}

/** *FTP Active Mode* and *FTP Passive Mode*: whether, the ports, their end and the advice on them, then all else of the section. */
export function PortRangeSection({ kind, section }: PortRangeSectionProps) {
  const named = (name: string) => section.fields.find(field => field.name === name)
  const [enabled, basePort, numberOfPorts] = RANGE.map(named)
  const title = kind === 'active' ? 'FTP Active Mode' : 'FTP Passive Mode'
  return (
    <SectionView section={section} title={title} except={[...RANGE, 'addressRules']}>
      {enabled && <FieldRow field={enabled} label={`Enable ${title.replace('FTP ', '').toLowerCase()}`} />}
      {basePort && numberOfPorts && <Range kind={kind} basePort={basePort} numberOfPorts={numberOfPorts} />}
    </SectionView>
  )
}

interface RangeProps {
  readonly kind: 'active' | 'passive'
  readonly basePort: Field
  readonly numberOfPorts: Field
}

function Range({ kind, basePort, numberOfPorts }: RangeProps) {
  const { view, draft } = useSettingsDraft()
  const base = draftValue(draft, view, basePort.path) ?? basePort.default
  const count = draftValue(draft, view, numberOfPorts.path) ?? numberOfPorts.default
  const end = portEnd(base, count)
  return (
    <fieldset className={classes.ports}>
      <legend hidden>Ports of {kind} data connections</legend>
      <div className={classes.range}>
        <PortInput field={basePort} label="Base Port" />
        <PortInput field={numberOfPorts} label="Number Of Ports" />
        <Input.Wrapper label="Port End" labelElement="div" id={`${kind}-port-end`} className={classes.end}>
          <output
            aria-labelledby={`${kind}-port-end-label`}
            htmlFor={`${inputId(basePort.path)} ${inputId(numberOfPorts.path)}`}
          >
            {end ?? (base === undefined || base === '' ? 'chosen by the system' : '–')}
          </output>
        </Input.Wrapper>
      </div>
      <Advice kind={kind} basePort={base} numberOfPorts={count} />
    </fieldset>
  )
}

function PortInput({ field, label }: { field: Field; label: string }) {
  const form = useSettingsDraft()
  const { view, draft, problems } = form
  const value = draftValue(draft, view, field.path)
  const change = draft.get(field.path)
  const told = problems.filter(({ path }) => path === field.path).map(({ message }) => message)
  const own = change ? problemOf(field, value) : undefined
  const locked = isLocked(form, field.path)
  return (
    <div id={rowId(field.path)}>
      <NumberInput
        id={inputId(field.path)}
        label={label}
        description={null}
        aria-description={field.description}
        value={typeof value === 'number' || typeof value === 'string' ? value : ''}
        placeholder={field.default === undefined ? 'not set' : String(field.default)}
        error={own ?? (told.length > 0 ? told.join('; ') : undefined)}
        allowDecimal={false}
        clampBehavior="none"
        readOnly={locked}
        min={field.kind === 'number' ? field.minimum : undefined}
        max={field.kind === 'number' ? field.maximum : undefined}
        onChange={next => (next === '' ? form.empty(field) : form.change(field.path, next))}
      />
      <div className={classes.below}>
        <FieldMeta path={field.path} label={label} />
      </div>
    </div>
  )
}

/** What the server says of a number of ports, a moment after the typing rests. */
function Advice({
  kind,
  basePort,
  numberOfPorts,
}: {
  kind: 'active' | 'passive'
  basePort: unknown
  numberOfPorts: unknown
}) {
  const asked = { kind, basePort: numberOf(basePort), numberOfPorts: numberOf(numberOfPorts) }
  const [ask] = useDebouncedValue(asked, 250)
  const { data } = useQuery({
    queryKey: ['/ports/advice', ask],
    queryFn: () => api.get<PortAdvice>('/ports/advice', ask),
    enabled: ask.basePort !== undefined && ask.numberOfPorts !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  if (!data || asked.basePort === undefined || asked.numberOfPorts === undefined) return null
  return (
    <ul className={classes.advice} aria-live="polite" aria-label={`Advice on the ${kind} ports`}>
      {data.problems.map(text => (
        <li key={text} data-bad>
          <IconAlertTriangle size={15} aria-hidden />
          {text}
        </li>
      ))}
      {data.advice.map(text => (
        <li key={text}>
          <IconInfoCircle size={15} aria-hidden />
          {text}
        </li>
      ))}
    </ul>
  )
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
