import { ActionIcon, Checkbox, Menu } from '@mantine/core'
import type { FileEntry } from '@portolan/console/contract'
import {
  IconDotsVertical,
  IconDownload,
  IconFileZip,
  IconFolderOpen,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Bytes, Time, TimeAgo } from '../../components/time-ago.tsx'
import { bytesText, dateText } from '../../format/format.ts'
import { EntryIcon, kindText } from './entry-icon.tsx'
import { contentUrl } from './file-links.ts'
import classes from './files.module.css'
import { isText, joinPath, shownName } from './paths.ts'
import { isFolder } from './sort-entries.ts'

/** Younger ones are told by their distance. */
const A_DAY = 86_400_000

/** What can be done with an entry. */
export interface EntryActions {
  open(entry: FileEntry): void
  download(entry: FileEntry): void
  rename(entry: FileEntry): void
  remove(entry: FileEntry): void
}

interface EntryRowProps {
  readonly id: string
  readonly folder: string
  readonly entry: FileEntry
  /** From 0. */
  readonly index: number
  readonly ticked: boolean
  readonly active: boolean
  readonly narrow: boolean
  readonly actions: EntryActions
}

/** One row of the listing. Its buttons are out of the tab order: the listing is one stop, and keys work on its row. */
export function EntryRow({ id, folder, entry, index, ticked, active, narrow, actions }: EntryRowProps) {
  const name = shownName(entry.name)
  return (
    <tr
      id={id}
      // The head is the first.
      aria-rowindex={index + 2}
      aria-selected={ticked}
      data-index={index}
      data-active={active || undefined}
      data-ticked={ticked || undefined}
      className={classes.row}
    >
      <td className={classes.tick} data-tick>
        <Checkbox size="xs" tabIndex={-1} aria-label={`Select ${name}`} checked={ticked} readOnly />
      </td>
      <td>
        <div className={classes.name}>
          <EntryIcon entry={entry} />
          <div className={classes.nameText}>
            <NameLink folder={folder} entry={entry} />
            {narrow && (
              <span className={classes.under}>
                {hasSize(entry) ? bytesText(entry.size) : kindText(entry)} · {dateText(entry.modified)}
              </span>
            )}
          </div>
        </div>
      </td>
      {!narrow && (
        <>
          <td className={classes.size}>
            {hasSize(entry) ? <Bytes value={entry.size} /> : <span className={classes.none}>–</span>}
          </td>
          <td className={classes.time}>
            {Date.now() - entry.modified < A_DAY ? (
              <TimeAgo at={entry.modified} />
            ) : (
              <Time at={entry.modified} />
            )}
          </td>
        </>
      )}
      <td className={classes.menu}>
        <EntryMenu entry={entry} name={name} actions={actions} />
      </td>
    </tr>
  )
}

const hasSize = ({ type }: FileEntry) => type === 'file'

function NameLink({ folder, entry }: { folder: string; entry: FileEntry }) {
  const { name, may } = entry
  const path = joinPath(folder, name)
  const shown = shownName(name)
  if (!may.read || !isText(name) || entry.type === 'other' || (entry.type === 'link' && !entry.leadsTo)) {
    const why = !may.read ? 'You may not open this' : isText(name) ? kindText(entry) : 'Rename it to open it'
    return (
      <span className={classes.plain} title={`${shown}: ${why}`}>
        {shown}
      </span>
    )
  }
  if (isFolder(entry)) {
    return (
      <Link to="/files" search={{ path } as never} tabIndex={-1} className={classes.link} title={shown}>
        {shown}
      </Link>
    )
  }
  return (
    <a href={contentUrl(path)} download tabIndex={-1} className={classes.link} title={`Download ${shown}`}>
      {shown}
    </a>
  )
}

function EntryMenu({ entry, name, actions }: { entry: FileEntry; name: string; actions: EntryActions }) {
  const folder = isFolder(entry)
  const { may } = entry
  return (
    <Menu keepMounted={false} width={200}>
      <Menu.Target>
        <ActionIcon size="md" tabIndex={-1} aria-label={`What to do with ${name}`}>
          <IconDotsVertical size={17} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {folder && (
          <Menu.Item
            disabled={!may.read}
            leftSection={<IconFolderOpen size={16} aria-hidden />}
            onClick={() => actions.open(entry)}
          >
            Open
          </Menu.Item>
        )}
        <Menu.Item
          disabled={!may.read}
          leftSection={
            folder ? <IconFileZip size={16} aria-hidden /> : <IconDownload size={16} aria-hidden />
          }
          onClick={() => actions.download(entry)}
        >
          {folder ? 'Download as zip' : 'Download'}
        </Menu.Item>
        <Menu.Item
          disabled={!may.rename}
          leftSection={<IconPencil size={16} aria-hidden />}
          onClick={() => actions.rename(entry)}
        >
          Rename
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          color="red"
          disabled={!may.delete}
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => actions.remove(entry)}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
