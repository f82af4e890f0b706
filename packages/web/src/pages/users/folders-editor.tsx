import { ActionIcon, Button, Paper, Switch, Text, TextInput, Tooltip } from '@mantine/core'
import type { VirtualFolder } from '@portolan/console/contract'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { type Keyed, keyed } from '../../components/keyed.ts'
import classes from './rows-editor.module.css'

interface FoldersEditorProps {
  readonly folders: readonly Keyed<VirtualFolder>[]
  readonly onChange: (folders: readonly Keyed<VirtualFolder>[]) => void
  /** Mistakes by the path of the field, such as `folders.0.folder`. */
  readonly errors: Readonly<Record<string, unknown>>
  readonly disabled: boolean
}

const textOf = (error: unknown): string | undefined => (typeof error === 'string' ? error : undefined)

/** Folders of the machine that show up in the tree of a user. */
export function FoldersEditor({ folders, onChange, errors, disabled }: FoldersEditorProps) {
  const put = (place: number, change: Partial<VirtualFolder>) =>
    onChange(folders.map((folder, at) => (at === place ? { ...folder, ...change } : folder)))
  return (
    <div className={classes.list}>
      {folders.map((folder, place) => (
        <Paper key={folder.key} p="sm" component="fieldset" className={classes.card}>
          <legend className={classes.legend}>Folder {place + 1}</legend>
          <div className={classes.row}>
            <TextInput
              label="Shows up as"
              placeholder="/shared"
              value={folder.path}
              error={textOf(errors[`folders.${place}.path`])}
              disabled={disabled}
              onChange={event => put(place, { path: event.currentTarget.value })}
            />
            <TextInput
              label="Folder of this machine"
              placeholder="/srv/shared"
              value={folder.folder}
              error={textOf(errors[`folders.${place}.folder`] ?? errors[`folders.${place}`])}
              disabled={disabled}
              onChange={event => put(place, { folder: event.currentTarget.value })}
            />
            {!disabled && (
              <Tooltip label="Take this folder away; the files stay">
                <ActionIcon
                  color="red"
                  className={classes.remove}
                  aria-label={`Take the folder ${folder.path} away`}
                  onClick={() => onChange(folders.filter((_, at) => at !== place))}
                >
                  <IconTrash size={17} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </div>
          <Switch
            mt="sm"
            label="Read only, whatever the permissions say"
            checked={folder.readOnly}
            disabled={disabled}
            onChange={event => put(place, { readOnly: event.currentTarget.checked })}
          />
        </Paper>
      ))}
      {folders.length === 0 && (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      )}
      {!disabled && (
        <Button
          variant="default"
          className={classes.add}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange([...folders, keyed({ path: '', folder: '', readOnly: false })])}
        >
          Add a folder
        </Button>
      )}
    </div>
  )
}
