import { Button } from '@mantine/core'
import { flagOf, originOf } from './draft.ts'
import classes from './field.module.css'
import { OriginBadge } from './origin-badge.tsx'
import { isWithin } from './paths.ts'
import { isLocked, useSettingsDraft } from './use-settings-draft.ts'

interface FieldMetaProps {
  readonly path: string
  readonly label: string
  /** The element that says where the value comes from, for the description of the input. */
  readonly originId?: string
}

/** Where a setting comes from, and the ways back: *Undo* to what is in force, *Reset* to the layer below the store. */
export function FieldMeta({ path, label, originId }: FieldMetaProps) {
  const form = useSettingsDraft()
  const { view, draft } = form
  const isChanged = [...draft.keys()].some(changed => isWithin(changed, path))
  const origin = originOf(view, path)
  return (
    <div className={classes.meta}>
      {isChanged && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Undo ${label}`}
          onClick={() => form.undo(path)}
        >
          Undo
        </Button>
      )}
      {!isChanged && origin === 'store' && !isLocked(form, path) && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Reset ${label}`}
          onClick={() => form.reset(path)}
        >
          Reset
        </Button>
      )}
      <OriginBadge origin={origin} flag={flagOf(view, path)} id={originId} />
    </div>
  )
}
