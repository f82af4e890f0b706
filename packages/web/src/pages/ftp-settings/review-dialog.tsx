import { Button, Group, Loader, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { SettingsPreview, SettingsView } from '@portolan/console/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { Notice } from '../../components/notice.tsx'
import { notifyDone } from '../../components/notify.ts'
import { changesOf } from './draft.ts'
import classes from './page.module.css'
import { PreviewResult } from './preview-result.tsx'
import { settingsQuery } from './settings-queries.ts'
import type { DraftState } from './use-settings-draft.ts'

interface ReviewDialogProps {
  readonly form: DraftState
  readonly onClose: () => void
  /** Closes the dialog and shows the field of a mistake. */
  readonly onJump: (path: string) => void
}

/** What the draft would change, before it is saved. */
export function ReviewDialog({ form, onClose, onJump }: ReviewDialogProps) {
  const [comment, setComment] = useState('')
  const client = useQueryClient()
  const body = { base: form.view.version, changes: changesOf(form.draft) }
  const preview = useQuery({
    queryKey: ['/settings/preview', body],
    queryFn: () => api.post<SettingsPreview>('/settings/preview', body),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  })
  const save = useMutation({
    mutationFn: () =>
      api.patch<SettingsView>('/settings', {
        ...body,
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
      }),
    onSuccess: view => {
      client.setQueryData(settingsQuery.queryKey, view)
      void client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== '/settings' && queryKey[0] !== '/settings/preview',
      })
      form.saved(view)
      notifyDone(`Saved as version ${view.version}; new connections use it from now on`)
      onClose()
    },
    onError: error => {
      if (error instanceof ApiError && error.status === 422) form.tellProblems(error.errors)
    },
  })
  const look = useMutation({
    mutationFn: () => client.fetchQuery({ ...settingsQuery, staleTime: 0 }),
    onSuccess: view => {
      save.reset()
      form.rebase(view)
    },
  })
  const failure = save.error ?? preview.error
  const isStale = failure instanceof ApiError && failure.code === 'SETTINGS_STALE'
  const refused = failure instanceof ApiError && failure.status === 422 ? failure.errors : []
  const result = preview.data && refused.length > 0 ? { ...preview.data, problems: refused } : preview.data
  const jump = (path: string) => {
    form.tellProblems(result?.problems ?? refused)
    onJump(path)
  }
  return (
    <Modal opened onClose={onClose} title="Save the settings" size="xl">
      <form
        onSubmit={event => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack gap="md">
          {preview.isPending && <Loader size="sm" aria-label="Looking at what would change" />}
          {result && <PreviewResult preview={result} onJump={jump} />}
          <Text size="sm" c="dimmed">
            Running sessions stay as they are. New connections use the new settings at once.
          </Text>
          <TextInput
            label="Comment"
            description="Stands in the settings history, for those who come after."
            maxLength={500}
            value={comment}
            onChange={event => setComment(event.currentTarget.value)}
            data-autofocus
          />
          <div className={classes.actions}>
            {isStale && <Stale busy={look.isPending} onLook={() => look.mutate()} />}
            {failure && !isStale && refused.length === 0 && <ErrorView error={failure} />}
            {form.both.length > 0 && (
              <Notice tone="warn" title="Changed by somebody else, too">
                Your values would replace theirs: {form.both.join(', ')}
              </Notice>
            )}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Go on editing
              </Button>
              <Button
                type="submit"
                loading={save.isPending}
                disabled={!result || result.problems.length > 0 || result.difference.length === 0 || isStale}
              >
                Save
              </Button>
            </Group>
          </div>
        </Stack>
      </form>
    </Modal>
  )
}

/** Somebody else has saved meanwhile. */
export function Stale({ busy, onLook, spaced }: { busy: boolean; onLook: () => void; spaced?: boolean }) {
  return (
    <Notice tone="warn" title="Somebody else has saved meanwhile" role="alert" spaced={spaced}>
      <Text size="md">Your changes were made on an older version. They can be laid over the newer one.</Text>
      <Button mt="sm" size="xs" loading={busy} onClick={onLook}>
        Lay my changes over it
      </Button>
    </Notice>
  )
}
