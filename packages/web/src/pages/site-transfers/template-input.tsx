import { Text, TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { listText } from './cron-text.ts'
import { exampleProperties, expandExample } from './placeholder-example.ts'
import classes from './transfer-editor.module.css'

interface TemplateInputProps extends Omit<TextInputProps, 'onChange' | 'value'> {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A text with placeholders, with what it becomes for an example file while it is typed. */
export function TemplateInput({ value, onChange, ...rest }: TemplateInputProps) {
  const [known] = useState(() => exampleProperties(Date.now()))
  const { text, unknown, broken } = expandExample(value, known)
  const isTemplate = /[{}]/.test(value)
  return (
    <div>
      <TextInput
        spellCheck={false}
        {...rest}
        value={value}
        onChange={event => onChange(event.currentTarget.value)}
      />
      {isTemplate && (
        <Text size="xs" c="dimmed" mt={4} className={classes.example}>
          {broken ? (
            'A brace has no other half; {{ is a brace.'
          ) : (
            <>
              For /outbox/orders-42.csv: <CodeText>{text}</CodeText>
              {unknown.length > 0 &&
                `; ${listText(unknown.map(key => `{${key}}`))} must come with what makes it begin`}
            </>
          )}
        </Text>
      )}
    </div>
  )
}

/** Which placeholders there are. */
export function PlaceholderHelp() {
  const [known] = useState(() => exampleProperties(Date.now()))
  return (
    <details className={classes.help}>
      <summary>Placeholders in names, folders and texts</summary>
      <p>
        For a file <code>/outbox/orders-42.csv</code> of this moment, in UTC; <code>{'{{'}</code> is a brace:
      </p>
      <dl>
        {Object.entries(known).map(([key, value]) => (
          <div key={key}>
            <dt>
              <code>{`{${key}}`}</code>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        Properties of what made it begin, too, such as <code>{'{file.user}'}</code>; and{' '}
        <code>{'{site}'}</code> where a push or pull names a file.
      </p>
    </details>
  )
}
