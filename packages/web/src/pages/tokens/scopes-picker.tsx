import { Input, SegmentedControl, Text } from '@mantine/core'
import type { Scope } from '@portolan/console/contract'
import { type Level, levelOf, SUBJECTS, withLevel } from './scope-texts.ts'
import classes from './tokens.module.css'

interface ScopesPickerProps {
  readonly value: readonly Scope[]
  readonly onChange: (scopes: Scope[]) => void
  /** What who makes the token may do: no token may do more. */
  readonly own: readonly Scope[]
  readonly error?: string | undefined
}

const isLevel = (value: string): value is Level => value === 'none' || value === 'read' || value === 'write'

/** What a token may do, subject by subject. */
export function ScopesPicker({ value, onChange, own, error }: ScopesPickerProps) {
  return (
    <Input.Wrapper label="May" labelElement="div" error={error}>
      <div className={classes.scopes}>
        {SUBJECTS.map(subject => {
          const levels = [
            { value: 'none', label: 'No' },
            ...(subject.read
              ? [{ value: 'read', label: 'Read', disabled: !own.includes(subject.read) }]
              : []),
            ...(subject.write
              ? [{ value: 'write', label: 'Change', disabled: !own.includes(subject.write) }]
              : []),
          ]
          return (
            <div key={subject.name} className={classes.subject}>
              <div>
                <Text size="md" fw={600}>
                  {subject.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {subject.text}
                </Text>
              </div>
              <SegmentedControl
                size="xs"
                aria-label={subject.name}
                data={levels}
                value={levelOf(value, subject)}
                onChange={level => isLevel(level) && onChange(withLevel(value, subject, level))}
              />
            </div>
          )
        })}
      </div>
    </Input.Wrapper>
  )
}
