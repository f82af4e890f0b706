import { Select } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import type { PostForm } from './step-form.ts'
import { TemplateInput } from './template-input.tsx'
import classes from './transfer-editor.module.css'

const CHOICES = [
  { value: 'nothing', label: 'leave it' },
  { value: 'delete', label: 'delete it' },
  { value: 'move', label: 'move it into a folder' },
  { value: 'rename', label: 'rename it' },
]

interface PostFieldsProps {
  readonly label: string
  readonly post: PostForm
  readonly onChange: (post: PostForm) => void
  /** Such as `steps.0.onSuccess`. */
  readonly path: string
  readonly errors: FormErrors
  readonly disabled: boolean
}

/** What becomes of a file at one end. */
export function PostFields({ label, post, onChange, path, errors, disabled }: PostFieldsProps) {
  const withName = post.do === 'move' || post.do === 'rename'
  return (
    <div className={classes.pair}>
      <Select
        label={label}
        allowDeselect={false}
        disabled={disabled}
        data={CHOICES}
        value={post.do}
        error={errors[path]}
        onChange={value => {
          if (value === 'nothing' || value === 'delete' || value === 'move' || value === 'rename')
            onChange({ ...post, do: value })
        }}
      />
      {withName && (
        <TemplateInput
          label={post.do === 'move' ? 'Folder' : 'New name'}
          placeholder={post.do === 'move' ? 'done/{date}' : '{stem}.done'}
          required
          disabled={disabled}
          value={post.to}
          error={errors[`${path}.to`]}
          onChange={to => onChange({ ...post, to })}
        />
      )}
    </div>
  )
}
