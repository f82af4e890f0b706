import { ActionIcon, Button, Group, Menu, Text, Tooltip } from '@mantine/core'
import type { FileEntry } from '@portolan/console/contract'
import {
  IconChevronDown,
  IconDownload,
  IconFolderPlus,
  IconFolderUp,
  IconPencil,
  IconTrash,
  IconUpload,
  IconX,
} from '@tabler/icons-react'
import { type RefObject, useRef } from 'react'
import { bytesText, countText } from '../../format/format.ts'
import classes from './files.module.css'

interface UploadButtonsProps {
  readonly mayWrite: boolean
  readonly mayMakeFolder: boolean
  readonly onFiles: (files: FileList) => void
  readonly onNewFolder: () => void
}

/** Buttons that bring something into the folder. What is not allowed is not shown. */
export function UploadButtons({ mayWrite, mayMakeFolder, onFiles, onNewFolder }: UploadButtonsProps) {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  return (
    <>
      {mayMakeFolder && (
        <Button
          variant="default"
          leftSection={<IconFolderPlus size={16} aria-hidden />}
          onClick={onNewFolder}
        >
          New folder
        </Button>
      )}
      {mayWrite && (
        <Button.Group>
          <Button leftSection={<IconUpload size={16} aria-hidden />} onClick={() => files.current?.click()}>
            Upload
          </Button>
          {mayMakeFolder && (
            <Menu width={190}>
              <Menu.Target>
                <Button px={8} aria-label="Other ways to upload" className={classes.split}>
                  <IconChevronDown size={16} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconUpload size={16} aria-hidden />}
                  onClick={() => files.current?.click()}
                >
                  Upload files
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconFolderUp size={16} aria-hidden />}
                  onClick={() => folder.current?.click()}
                >
                  Upload a folder
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Button.Group>
      )}
      <Chooser input={files} label="Files to upload" onFiles={onFiles} />
      <Chooser input={folder} label="Folder to upload" folder onFiles={onFiles} />
    </>
  )
}

interface ChooserProps {
  readonly input: RefObject<HTMLInputElement | null>
  readonly label: string
  readonly folder?: boolean
  readonly onFiles: (files: FileList) => void
}

function Chooser({ input, label, folder, onFiles }: ChooserProps) {
  return (
    <input
      ref={input}
      type="file"
      multiple
      hidden
      aria-label={label}
      // Not in React's types, but in every browser.
      {...(folder ? { webkitdirectory: '' } : {})}
      onChange={event => {
        if (event.currentTarget.files) onFiles(event.currentTarget.files)
        // The same files may be chosen again.
        event.currentTarget.value = ''
      }}
    />
  )
}

interface SelectionBarProps {
  readonly entries: readonly FileEntry[]
  readonly onDownload: () => void
  readonly onRename: () => void
  readonly onRemove: () => void
  readonly onClear: () => void
}

/** What can be done with all that is chosen. */
export function SelectionBar({ entries, onDownload, onRename, onRemove, onClear }: SelectionBarProps) {
  const bytes = entries.reduce((sum, { type, size }) => sum + (type === 'file' ? size : 0), 0)
  const [only] = entries.length === 1 ? entries : []
  return (
    <div className={classes.selection} role="toolbar" aria-label="Selected entries">
      <Text size="md" fw={600} className="tabular" role="status">
        {countText(entries.length)} selected
        {bytes > 0 && (
          <Text span c="dimmed" fw={400}>
            {` · ${bytesText(bytes)}`}
          </Text>
        )}
      </Text>
      <Group gap={6} wrap="nowrap">
        <BarButton
          label="Download"
          icon={<IconDownload size={16} aria-hidden />}
          disabled={entries.some(({ may }) => !may.read)}
          why="You may not download all of these"
          onClick={onDownload}
        />
        {only && (
          <BarButton
            label="Rename"
            icon={<IconPencil size={16} aria-hidden />}
            disabled={!only.may.rename}
            why="You may not rename this"
            onClick={onRename}
          />
        )}
        <BarButton
          label="Delete"
          danger
          icon={<IconTrash size={16} aria-hidden />}
          disabled={entries.some(({ may }) => !may.delete)}
          why="You may not delete all of these"
          onClick={onRemove}
        />
        <Tooltip label="Select nothing">
          <ActionIcon size="md" aria-label="Select nothing" onClick={onClear}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  )
}

interface BarButtonProps {
  readonly label: string
  readonly icon: React.ReactNode
  readonly danger?: boolean
  readonly disabled: boolean
  /** Why it is disabled. */
  readonly why: string
  readonly onClick: () => void
}

function BarButton({ label, icon, danger, disabled, why, onClick }: BarButtonProps) {
  return (
    <Button
      size="compact-md"
      variant={danger ? 'light' : 'default'}
      color={danger ? 'red' : undefined}
      leftSection={icon}
      disabled={disabled}
      title={disabled ? why : undefined}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}
