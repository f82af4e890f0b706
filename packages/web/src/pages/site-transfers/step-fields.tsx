import { Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { MoveStep } from './move-step.tsx'
import type { StepForm } from './step-form.ts'
import { TemplateInput } from './template-input.tsx'

export interface StepFieldsProps {
  readonly step: StepForm
  readonly put: (change: Partial<StepForm>) => void
  /** Such as `steps.0`. */
  readonly path: string
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** Whether a kind of step has fields at all. */
export const hasFields = (step: Pick<StepForm, 'do'>): boolean => step.do !== 'delete'

/** The fields of a step's kind. */
export function StepFields(props: StepFieldsProps) {
  const { step, put, path, errors, disabled } = props
  switch (step.do) {
    case 'push':
    case 'pull':
      return <MoveStep {...props} />
    case 'rename':
      return (
        <TemplateInput
          label="New name"
          placeholder="{date}-{name}"
          required
          disabled={disabled}
          value={step.renameTo}
          error={errors[`${path}.to`]}
          onChange={renameTo => put({ renameTo })}
        />
      )
    case 'delete':
      return null
    case 'compress':
      return (
        <Select
          label="Format"
          allowDeselect={false}
          disabled={disabled}
          data={[
            { value: 'gzip', label: 'gzip: .gz' },
            { value: 'zstd', label: 'Zstandard: .zst' },
          ]}
          value={step.format}
          error={errors[`${path}.format`]}
          onChange={value => {
            if (value === 'gzip' || value === 'zstd') put({ format: value })
          }}
        />
      )
    case 'checksum-file':
      return (
        <Select
          label="Algorithm"
          description="A file with the checksum stands beside each file"
          allowDeselect={false}
          disabled={disabled}
          data={['sha256', 'sha512', 'md5']}
          value={step.algorithm}
          error={errors[`${path}.algorithm`]}
          onChange={value => {
            if (value === 'sha256' || value === 'sha512' || value === 'md5') put({ algorithm: value })
          }}
        />
      )
    case 'webhook':
      return (
        <TextInput
          label="URL"
          description="Gets a POST with what was done, signed when the settings have a key"
          placeholder="https://hooks.example.com/files"
          required
          spellCheck={false}
          disabled={disabled}
          value={step.url}
          error={errors[`${path}.url`]}
          onChange={event => put({ url: event.currentTarget.value })}
        />
      )
    case 'mail':
      return (
        <>
          <TagsInput
            label="To"
            withAsterisk
            splitChars={[',', ' ']}
            acceptValueOnBlur
            disabled={disabled}
            placeholder={step.mailTo.length === 0 ? 'somebody@example.com' : undefined}
            value={[...step.mailTo]}
            error={errors[`${path}.to`]}
            onChange={mailTo => put({ mailTo })}
          />
          <TemplateInput
            label="Subject"
            disabled={disabled}
            value={step.subject}
            error={errors[`${path}.subject`]}
            onChange={subject => put({ subject })}
          />
          <Textarea
            label="Text"
            description="With placeholders. What was moved is told below it"
            autosize
            minRows={2}
            maxRows={10}
            disabled={disabled}
            value={step.text}
            error={errors[`${path}.text`]}
            onChange={event => put({ text: event.currentTarget.value })}
          />
        </>
      )
    case 'program':
      return (
        <>
          <TextInput
            label="Program"
            description="A name of transfers.programs in the settings; nothing else is ever run"
            required
            spellCheck={false}
            disabled={disabled}
            value={step.program}
            error={errors[`${path}.program`]}
            onChange={event => put({ program: event.currentTarget.value })}
          />
          <Textarea
            label="Arguments"
            description="One on each line, with placeholders. No shell reads them"
            autosize
            minRows={1}
            maxRows={10}
            spellCheck={false}
            disabled={disabled}
            value={step.arguments}
            error={errors[`${path}.arguments`]}
            onChange={event => put({ arguments: event.currentTarget.value })}
          />
        </>
      )
  }
}
