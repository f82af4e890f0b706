import { SegmentedControl, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { AddressRule, PassivePreview } from '@portolan/console/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiError, api } from '../../api/client.ts'
import { Because } from '../../components/because.tsx'
import { ErrorView } from '../../components/error-view.tsx'
import classes from './address-rules.module.css'
import { tidy } from './rules.ts'

interface PassivePreviewPanelProps {
  /** The rules as they are being edited. */
  readonly rules: readonly AddressRule[]
  readonly onDecided: (place: number | undefined) => void
}

/** "A client of class C from address A, connected to B, will be told X, because ...", computed by the server on the rules being edited. */
export function PassivePreviewPanel({ rules, onDecided }: PassivePreviewPanelProps) {
  const [by, setBy] = useState<'class' | 'user'>('class')
  const [who, setWho] = useState('')
  const [client, setClient] = useState('198.51.100.20')
  const [destination, setDestination] = useState('')
  const name = who.trim()
  const [body] = useDebouncedValue(
    {
      ...(by === 'user' && name !== '' ? { user: name } : {}),
      ...(by === 'class' && name !== '' ? { userClass: name } : {}),
      client: client.trim(),
      ...(destination.trim() === '' ? {} : { destination: destination.trim() }),
      rules: rules.map(tidy),
    },
    250,
  )
  // A rule that was only just added.
  const unfinished = body.rules.findIndex(({ address }) => address === '') + 1
  const { data, error } = useQuery({
    queryKey: ['/passive/preview', body],
    queryFn: () => api.post<PassivePreview>('/passive/preview', body),
    enabled: body.client !== '' && unfinished === 0,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  })
  const decided = error || unfinished > 0 ? undefined : data?.rule
  useEffect(() => onDecided(decided), [decided, onDecided])
  const fields = error instanceof ApiError ? error.fields : {}
  const others = error instanceof ApiError ? error.errors.filter(({ path }) => path.startsWith('rules')) : []
  const isPlaced = Object.keys(fields).length > 0

  return (
    <div className={classes.preview}>
      <Title order={3}>Preview</Title>
      <div className={classes.asks}>
        <div>
          <SegmentedControl
            size="xs"
            mb={4}
            aria-label="What the client is known by"
            data={[
              { value: 'class', label: 'User class' },
              { value: 'user', label: 'User' },
            ]}
            value={by}
            onChange={value => setBy(value === 'user' ? 'user' : 'class')}
          />
          <TextInput
            aria-label={by === 'user' ? 'User of the preview' : 'User class of the preview'}
            placeholder={by === 'user' ? 'name of a user' : 'default'}
            spellCheck={false}
            value={who}
            error={fields.user ?? fields.userClass}
            onChange={event => setWho(event.currentTarget.value)}
          />
        </div>
        <TextInput
          label="Client address"
          spellCheck={false}
          value={client}
          error={fields.client}
          onChange={event => setClient(event.currentTarget.value)}
        />
        <TextInput
          label="Connected to"
          placeholder="the first listener"
          spellCheck={false}
          value={destination}
          error={fields.destination}
          onChange={event => setDestination(event.currentTarget.value)}
        />
      </div>
      <div aria-live="polite">
        {error && !isPlaced && <ErrorView error={error} />}
        {others.map(({ path, message }) => (
          <Text key={path} size="sm" c="var(--mantine-color-error)" mt="xs">
            {path}: {message}
          </Text>
        ))}
        {unfinished > 0 && (
          <Text size="sm" c="dimmed" mt="xs">
            Rule {unfinished} has no address yet.
          </Text>
        )}
        {unfinished === 0 && !error && data && (
          <p className={classes.sentence}>
            {data.sentence} <Because because={data.because} />
          </p>
        )}
      </div>
    </div>
  )
}
