import { ActionIcon, Button, Group, Progress, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronUp,
  IconCircleCheck,
  IconCircleMinus,
  IconClock,
  IconHelpCircle,
  IconRefresh,
  IconUpload,
  IconX,
} from '@tabler/icons-react'
import { bytesText, durationText, plural, rateText } from '../../format/format.ts'
import classes from './files.module.css'
import { crumbsOf } from './paths.ts'
import type { UploadQueue } from './upload-queue.ts'
import type { UploadItem, UploadState, UploadView } from './upload-types.ts'
import { uploadSentence } from './upload-view.ts'

const ICONS = {
  waiting: IconClock,
  asking: IconHelpCircle,
  sending: IconUpload,
  done: IconCircleCheck,
  skipped: IconCircleMinus,
  cancelled: IconCircleMinus,
  failed: IconAlertTriangle,
} as const

const WORDS: Readonly<Record<UploadState['kind'], string>> = {
  waiting: 'Waits',
  asking: 'Waits for your answer',
  sending: 'Uploading',
  done: 'Uploaded',
  skipped: 'Skipped',
  cancelled: 'Cancelled',
  failed: 'Failed',
}

/** The uploads, in a panel that stays while folders change. */
export function UploadsPanel({ queue, view }: { queue: UploadQueue<File>; view: UploadView }) {
  const [opened, { toggle }] = useDisclosure(true)
  if (view.items.length === 0) return null
  const { busy, sent, total, rate, counts } = view
  const percent = total === 0 ? (busy ? 0 : 100) : (sent / total) * 100
  const left = rate > 0 && sent < total ? `, ${durationText(((total - sent) / rate) * 1000)} left` : ''
  const speed = rate > 0 ? `, ${rateText(rate)}${left}` : ''
  return (
    <section className={classes.panel} aria-label="Uploads">
      <div className={classes.panelHead}>
        <UnstyledButton onClick={toggle} aria-expanded={opened} className={classes.panelTitle}>
          {opened ? <IconChevronDown size={16} aria-hidden /> : <IconChevronUp size={16} aria-hidden />}
          <span>{uploadSentence(view)}</span>
        </UnstyledButton>
        {counts.failed > 0 && !busy && (
          <Button size="compact-sm" variant="default" onClick={() => queue.retryFailed()}>
            Retry failed
          </Button>
        )}
        {busy ? (
          <Button size="compact-sm" variant="default" onClick={() => queue.cancelAll()}>
            Cancel all
          </Button>
        ) : (
          <ActionIcon size="md" aria-label="Close the list of uploads" onClick={() => queue.clear()}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {busy && (
        <div className={classes.panelTotal}>
          <Progress.Root size={6}>
            <Progress.Section value={percent} aria-label={`All uploads: ${Math.round(percent)} percent`} />
          </Progress.Root>
          <Text size="xs" c="dimmed" className="tabular">
            {bytesText(sent)} of {bytesText(total)}
            {speed}
          </Text>
        </div>
      )}
      {opened && (
        <ul className={classes.uploads}>
          {view.items.map(item => (
            <Upload key={item.id} item={item} queue={queue} />
          ))}
          {view.hidden > 0 && <li className={classes.more}>and {plural(view.hidden, 'other')}</li>}
        </ul>
      )}
    </section>
  )
}

function Upload({ item, queue }: { item: UploadItem; queue: UploadQueue<File> }) {
  const { id, name, folder, size, state } = item
  const Icon = ICONS[state.kind]
  const shown = name === '' ? `${crumbsOf(folder).at(-1)?.name} (folder)` : name
  const open = state.kind === 'waiting' || state.kind === 'sending' || state.kind === 'asking'
  return (
    <li className={classes.upload} data-state={state.kind}>
      <Icon size={18} stroke={1.8} aria-hidden className={classes.uploadIcon} />
      <div className={classes.uploadText}>
        <Text size="sm" fw={600} truncate title={`${folder === '/' ? '' : folder}/${name}`}>
          {shown}
        </Text>
        <Text size="xs" c="dimmed" className="tabular" component="div">
          {detailOf(state, size)}
        </Text>
        {state.kind === 'sending' && (
          <Progress.Root size={4} mt={3}>
            <Progress.Section
              value={size === 0 ? 100 : (Math.min(state.sent, size) / size) * 100}
              aria-label={`Progress of ${shown}`}
            />
          </Progress.Root>
        )}
      </div>
      <Group gap={0} wrap="nowrap">
        {(state.kind === 'failed' || state.kind === 'cancelled') && (
          <ActionIcon size="md" aria-label={`Upload ${shown} again`} onClick={() => queue.retry(id)}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        )}
        {open && (
          <ActionIcon size="md" aria-label={`Cancel ${shown}`} onClick={() => queue.cancel(id)}>
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    </li>
  )
}

function detailOf(state: UploadState, size: number): string {
  if (state.kind === 'failed') return state.text
  if (state.kind !== 'sending') return `${WORDS[state.kind]} · ${bytesText(size)}`
  // All of it is on its way, and the server makes it stand.
  if (state.sent >= size && size > 0) return `Being stored · ${bytesText(size)}`
  return `${bytesText(state.sent)} of ${bytesText(size)} · ${rateText(state.rate)}`
}
