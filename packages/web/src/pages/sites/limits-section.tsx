import { Group, NumberInput, TextInput } from '@mantine/core'
import { FormSection } from '../../components/form-section.tsx'
import { RetryFields } from '../site-transfers/retry-fields.tsx'
import type { SiteSectionProps } from './partner-section.tsx'
import { rateOfField } from './rate-field.ts'
import { Segments } from './segments.tsx'

const TYPES = [
  { value: 'binary', label: 'Binary' },
  { value: 'ascii', label: 'ASCII: ends of lines' },
] as const

/** Where files are at the partner, and how they are sent. */
export function FilesSection({ form, disabled }: SiteSectionProps) {
  return (
    <FormSection title="Files" description="Where files are at the partner, and how they are sent.">
      <TextInput
        label="Folder"
        description="Where relative paths of transfers begin. Empty: where the login leads"
        placeholder="/in"
        spellCheck={false}
        disabled={disabled}
        {...form.getInputProps('folder')}
      />
      <Segments
        label="Type"
        disabled={disabled}
        options={TYPES}
        value={form.values.type}
        onChange={type => form.setFieldValue('type', type)}
      />
    </FormSection>
  )
}

/** What a partner is not asked for more of. */
export function LimitsSection({ form, disabled }: SiteSectionProps) {
  const { bandwidth } = form.values
  const isRate = bandwidth.trim() === '' || rateOfField(bandwidth) !== undefined
  const seconds = (name: 'connect' | 'reply' | 'idle' | 'completion', label: string, description: string) => (
    <NumberInput
      label={label}
      description={description}
      min={0}
      suffix=" s"
      disabled={disabled}
      {...form.getInputProps(`timeouts.${name}`)}
    />
  )
  return (
    <FormSection title="Limits" description="What the partner is spared, and how long this server waits.">
      <Group grow align="start">
        <NumberInput
          label="Connections at once"
          description="Over all nodes and runs"
          min={1}
          max={64}
          allowDecimal={false}
          disabled={disabled}
          {...form.getInputProps('connections')}
        />
        <TextInput
          label="Bandwidth"
          description="Of each node. Empty: no limit"
          placeholder="5MiB/s"
          disabled={disabled}
          {...form.getInputProps('bandwidth')}
          error={isRate ? form.errors.bandwidth : 'must be a rate such as 5MiB/s'}
        />
      </Group>
      <Group grow align="start">
        {seconds('connect', 'Connect', 'Until a connection stands')}
        {seconds('reply', 'Reply', 'Until a command is answered')}
      </Group>
      <Group grow align="start">
        {seconds('idle', 'Data idle', 'Without a byte of the file')}
        {seconds('completion', 'Completion', 'For the last reply, once all bytes are over')}
      </Group>
    </FormSection>
  )
}

/** When it is tried again after a failure that may pass. */
export function RetrySection({ form, disabled }: SiteSectionProps) {
  return (
    <FormSection
      title="Retry"
      description="After a failure that may pass, such as a connection that broke. What cannot help is not tried again."
    >
      <RetryFields
        retry={form.values.retry}
        errors={form.errors}
        disabled={disabled}
        onChange={retry => form.setFieldValue('retry', retry)}
      />
    </FormSection>
  )
}
