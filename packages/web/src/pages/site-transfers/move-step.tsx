import { Autocomplete, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { useSiteNames } from '../sites/use-names.ts'
import { PlaceFields } from './place-fields.tsx'
import { PostFields } from './post-fields.tsx'
import type { StepFieldsProps } from './step-fields.tsx'
import { TemplateInput } from './template-input.tsx'
import classes from './transfer-editor.module.css'

const ON_EXISTS = [
  { value: 'replace', label: 'replace it' },
  { value: 'skip', label: 'leave it, and skip the file' },
  { value: 'fail', label: 'fail' },
]
const VERIFY = [
  { value: 'checksum', label: 'by checksum if the partner can, else size' },
  { value: 'size', label: 'by size' },
]
const REMEMBER = [
  { value: 'name-size-time', label: 'by name, size and time' },
  { value: 'checksum', label: 'by checksum' },
  { value: 'always', label: 'not at all: fetch it each time' },
]

/** Push and pull: which files, from where to where, and what becomes of them. */
export function MoveStep({ step, put, path, errors, disabled }: StepFieldsProps) {
  const sites = useSiteNames()
  const isPush = step.do === 'push'
  const byCause = isPush && step.place.kind === 'cause'
  const here = (
    <PlaceFields
      label={isPush ? 'Files of this server' : 'Into'}
      place={step.place}
      withCause={isPush}
      path={`${path}.${isPush ? 'from' : 'to'}`}
      errors={errors}
      disabled={disabled}
      onChange={place => put({ place })}
    />
  )
  const files = !byCause && (
    <>
      <TextInput
        label="Which files"
        description="Globs with commas, such as *.csv,report-??.txt; or a regular expression between slashes"
        required
        spellCheck={false}
        disabled={disabled}
        value={step.pattern}
        error={errors[`${path}.pattern`]}
        onChange={event => put({ pattern: event.currentTarget.value })}
      />
      <Switch
        label="With folders below"
        checked={step.subfolders}
        disabled={disabled}
        onChange={event => put({ subfolders: event.currentTarget.checked })}
      />
    </>
  )
  const there = (
    <div className={classes.pair}>
      <Autocomplete
        label={isPush ? 'To the site' : 'From the site'}
        required
        spellCheck={false}
        disabled={disabled}
        data={[...sites]}
        limit={50}
        value={step.site}
        error={errors[`${path}.site`]}
        onChange={site => put({ site })}
      />
      <TemplateInput
        label="Folder at the site"
        placeholder="the folder of the site"
        disabled={disabled}
        value={step.remote}
        error={errors[`${path}.${isPush ? 'to' : 'from'}`]}
        onChange={remote => put({ remote })}
      />
    </div>
  )
  const post = (name: 'onSuccess' | 'onFailure' | 'remoteOnSuccess' | 'remoteOnFailure', label: string) => (
    <PostFields
      label={label}
      post={step[name]}
      path={`${path}.${name}`}
      errors={errors}
      disabled={disabled}
      onChange={to => put({ [name]: to })}
    />
  )
  return (
    <>
      {isPush ? here : there}
      {files}
      {isPush ? there : here}
      <div className={classes.pair}>
        <TemplateInput
          label={isPush ? 'Name at the site' : 'Name here'}
          required
          disabled={disabled}
          value={step.as}
          error={errors[`${path}.as`]}
          onChange={as => put({ as })}
        />
        <Select
          label="When the name is taken"
          allowDeselect={false}
          disabled={disabled}
          data={ON_EXISTS}
          value={step.onExists}
          error={errors[`${path}.onExists`]}
          onChange={value => {
            if (value === 'replace' || value === 'skip' || value === 'fail') put({ onExists: value })
          }}
        />
      </div>
      <Select
        label="Verified"
        allowDeselect={false}
        disabled={disabled}
        data={VERIFY}
        value={step.verify}
        error={errors[`${path}.verify`]}
        onChange={value => {
          if (value === 'checksum' || value === 'size') put({ verify: value })
        }}
      />
      {!isPush && (
        <div className={classes.pair}>
          <Select
            label="Known as fetched"
            allowDeselect={false}
            disabled={disabled}
            data={REMEMBER}
            value={step.remember}
            error={errors[`${path}.remember`]}
            onChange={value => {
              if (value === 'name-size-time' || value === 'checksum' || value === 'always')
                put({ remember: value })
            }}
          />
          <NumberInput
            label="Unchanged for"
            min={0}
            suffix=" s"
            disabled={disabled}
            value={step.quietSeconds}
            error={errors[`${path}.quietSeconds`]}
            onChange={quietSeconds => put({ quietSeconds })}
          />
        </div>
      )}
      {post('onSuccess', 'The file here, on success')}
      {isPush && post('onFailure', 'The file here, on failure')}
      {post('remoteOnSuccess', 'The file at the site, on success')}
      {!isPush && post('remoteOnFailure', 'The file at the site, on failure')}
    </>
  )
}
