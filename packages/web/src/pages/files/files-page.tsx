import { Button, Kbd, Text, VisuallyHidden } from '@mantine/core'
import type { FileEntry } from '@portolan/console/contract'
import { IconHome } from '@tabler/icons-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ConfirmModal } from '../../components/confirm.tsx'
import { EmptyView } from '../../components/empty-view.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import { notifyError } from '../../components/notify.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { SearchInput } from '../../components/search-input.tsx'
import { countText, plural } from '../../format/format.ts'
import { useMe } from '../../shell/me.ts'
import { download, makeFolder, remove, rename } from './actions.ts'
import { Breadcrumb } from './breadcrumb.tsx'
import { ConflictModal } from './conflict-modal.tsx'
import { chosenFiles, droppedFiles } from './dropped-files.ts'
import { EntryGrid } from './entry-grid.tsx'
import type { EntryActions } from './entry-row.tsx'
import classes from './files.module.css'
import { freeName } from './free-name.ts'
import { NameModal } from './name-modal.tsx'
import { baseName, joinPath, shownName } from './paths.ts'
import { QuotaBar } from './quota-bar.tsx'
import { removalText } from './removal-text.ts'
import { NOTHING } from './selection.ts'
import { isFolder } from './sort-entries.ts'
import { SelectionBar, UploadButtons } from './toolbar.tsx'
import type { UploadAsk } from './upload-types.ts'
import { uploadSentence } from './upload-view.ts'
import { uploadsOf } from './uploads.ts'
import { UploadsPanel } from './uploads-panel.tsx'
import { useFileDrop } from './use-file-drop.ts'
import { standOn, useFolder } from './use-folder.ts'

/** What is asked of the user. */
type Dialogue =
  | { readonly kind: 'new-folder' }
  | { readonly kind: 'rename'; readonly entry: FileEntry }
  | { readonly kind: 'remove'; readonly entries: readonly FileEntry[] }

/** The files of an FTP user. */
export default function FilesPage() {
  const folder = useFolder()
  const me = useMe()
  const queue = uploadsOf(me?.name ?? '')
  const uploads = useSyncExternalStore(
    listener => queue.subscribe(listener),
    () => queue.view,
  )
  const [dialogue, setDialogue] = useState<Dialogue>()
  const grid = useRef<HTMLTableElement>(null)
  const { query, path, shown, selection, select, go } = folder
  const view = query.data
  // What is done with entries is done where they are, also while another listing is on its way.
  const here = view?.path ?? path
  const ticked = shown.filter(({ name }) => selection.ticked.has(name))
  const mayWrite = view?.may.write ?? false
  const title = shownName(baseName(path)) || 'Home'

  const upload = (files: readonly UploadAsk<File>[] | Promise<readonly UploadAsk<File>[]>) => {
    Promise.resolve(files).then(asks => queue.add(path, asks), notifyError)
  }
  const over = useFileDrop(mayWrite ? data => upload(droppedFiles(data)) : undefined)
  useKeepPage(uploads.busy)
  useFocusAfterMove(grid, path)

  const actions: EntryActions = {
    open: entry =>
      isFolder(entry) && entry.may.read ? go(joinPath(here, entry.name)) : void download(here, [entry]),
    download: entry => void download(here, [entry]),
    rename: entry => {
      if (entry.may.rename) setDialogue({ kind: 'rename', entry })
      else notifyError(new Error(`You may not rename “${shownName(entry.name)}”.`))
    },
    remove: entry => ask([entry]),
  }
  const ask = (entries: readonly FileEntry[]) => {
    const stays = entries.find(({ may }) => !may.delete)
    if (stays) notifyError(new Error(`You may not delete “${shownName(stays.name)}”.`))
    else if (entries.length > 0) setDialogue({ kind: 'remove', entries })
  }
  const removeTicked = () => ask(ticked)
  const close = () => {
    setDialogue(undefined)
    // Where the keyboard came from may be gone: the menu, or the row.
    setTimeout(() => (grid.current ?? document.getElementById('main'))?.focus({ preventScroll: true }))
  }

  return (
    <>
      <PageHeader
        title={title}
        above={<Breadcrumb path={path} />}
        actions={
          view && (
            <UploadButtons
              mayWrite={mayWrite}
              mayMakeFolder={view.may.makeFolder}
              onFiles={files => {
                try {
                  upload(chosenFiles(files))
                } catch (error) {
                  notifyError(error)
                }
              }}
              onNewFolder={() => setDialogue({ kind: 'new-folder' })}
            />
          )
        }
      />
      <div className={classes.bar}>
        {ticked.length > 0 ? (
          <SelectionBar
            entries={ticked}
            onDownload={() => void download(here, ticked)}
            onRename={() => ticked[0] && actions.rename(ticked[0])}
            onRemove={removeTicked}
            onClear={() => select(now => ({ ...NOTHING, active: now.active }))}
          />
        ) : (
          <>
            <SearchInput label="Filter this folder" value={folder.filter} onChange={folder.setFilter} />
            {view?.quota && <QuotaBar quota={view.quota} />}
          </>
        )}
      </div>
      <Listing
        folder={folder}
        actions={actions}
        grid={grid}
        onRemoveTicked={removeTicked}
        mayWrite={mayWrite}
      />
      <UploadsPanel queue={queue} view={uploads} />
      <VisuallyHidden role="status" aria-live="polite">
        {uploads.items.length > 0 && uploadSentence(uploads)}
      </VisuallyHidden>
      {over && (
        <div className={classes.drop} data-allowed={mayWrite || undefined}>
          <p>{mayWrite ? `Drop to upload into “${title}”` : 'You may not upload into this folder'}</p>
        </div>
      )}
      <ConflictModal question={uploads.question} onAnswer={(...answer) => queue.answer(...answer)} />
      {dialogue?.kind === 'new-folder' && (
        <NameModal
          title="New folder"
          label="Name"
          verb="Make the folder"
          name={freeName('New folder', name => view?.entries.some(one => one.name === name) ?? false, true)}
          onClose={close}
          onName={async name => {
            await makeFolder(joinPath(path, name))
            select(() => standOn(name))
          }}
        />
      )}
      {dialogue?.kind === 'rename' && (
        <NameModal
          title={`Rename “${shownName(dialogue.entry.name)}”`}
          label="New name"
          verb="Rename"
          name={shownName(dialogue.entry.name)}
          keepEnding={!isFolder(dialogue.entry)}
          onClose={close}
          onName={async name => {
            await rename(joinPath(here, dialogue.entry.name), joinPath(here, name))
            select(() => standOn(name))
          }}
        />
      )}
      {dialogue?.kind === 'remove' && (
        <ConfirmModal
          opened
          danger
          verb="Delete"
          title={removalText(dialogue.entries).title}
          onClose={close}
          onConfirm={() => remove(here, dialogue.entries)}
        >
          {removalText(dialogue.entries).text}
        </ConfirmModal>
      )}
    </>
  )
}

interface ListingProps {
  readonly folder: ReturnType<typeof useFolder>
  readonly actions: EntryActions
  readonly grid: React.RefObject<HTMLTableElement | null>
  readonly onRemoveTicked: () => void
  readonly mayWrite: boolean
}

/** The entries, or the words that stand in their place. */
function Listing({ folder, actions, grid, onRemoveTicked, mayWrite }: ListingProps) {
  const { query, shown, filter } = folder
  if (query.isError && !query.data) {
    return (
      <>
        <ErrorView error={query.error} onRetry={() => void query.refetch()} />
        {folder.path !== '/' && (
          <Button
            mt="md"
            variant="default"
            leftSection={<IconHome size={16} />}
            onClick={() => folder.go('/')}
          >
            To your files
          </Button>
        )}
      </>
    )
  }
  const count = query.data?.entries.length ?? 0
  if (query.data && count === 0) {
    return (
      <EmptyView
        text={
          mayWrite
            ? 'Nothing is here yet. Drop files or folders anywhere on this page, or choose them with Upload.'
            : 'Nothing is here.'
        }
      />
    )
  }
  if (query.data && shown.length === 0) return <EmptyView text={`No name here holds “${filter}”.`} />
  return (
    <>
      {query.isError && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      <EntryGrid folder={folder} actions={actions} grid={grid} onRemoveTicked={onRemoveTicked} />
      <div className={classes.foot}>
        <Text size="sm" c="dimmed" className="tabular">
          {filter === ''
            ? plural(count, 'entry', 'entries')
            : `${countText(shown.length)} of ${countText(count)}`}
          {query.data?.cut && '; there are more, which an FTP client can show'}
        </Text>
        <Text size="sm" c="dimmed" visibleFrom="sm">
          <Kbd size="xs">Enter</Kbd> opens, <Kbd size="xs">F2</Kbd> renames, <Kbd size="xs">Delete</Kbd>{' '}
          deletes, <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">A</Kbd> selects all
        </Text>
      </div>
    </>
  )
}

/** Asks before the page is left while something is uploaded. */
function useKeepPage(busy: boolean): void {
  useEffect(() => {
    if (!busy) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [busy])
}

/** The link that led here went away with its row: the keyboard goes on in the listing. */
function useFocusAfterMove(grid: React.RefObject<HTMLTableElement | null>, path: string): void {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    if (document.activeElement === null || document.activeElement === document.body) grid.current?.focus()
  }, [path, grid])
}
