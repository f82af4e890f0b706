import {
  Anchor,
  Autocomplete,
  Button,
  Collapse,
  NumberInput,
  Paper,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { AccessDecisionView, Page, WhyBody } from '@portolan/console/contract'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { ApiError, api } from '../../../api/client.ts'
import { Because } from '../../../components/because.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { Status, type Tone } from '../../../components/status.tsx'
import { useCan } from '../../../shell/me.ts'
import { NamesInput } from '../shared/names-input.tsx'
import { POLICIES } from './policy-kinds.ts'
import type { PolicyKind } from './rule-form.ts'
import { bodyOfTry, type TryForm, USUAL_TRY } from './try-form.ts'
import classes from './try-panel.module.css'

const ACTIONS: Readonly<Record<AccessDecisionView['action'], readonly [Tone, string]>> = {
  allow: ['good', 'allowed'],
  deny: ['bad', 'denied'],
  bypass: ['idle', 'bypassed'],
}

interface TryPanelProps {
  readonly kind: PolicyKind
  /** Of the policy: what was tried is tried again when there is a newer one. */
  readonly revision: number
  /** There are changes that are not saved, and the answer does not know them. */
  readonly dirty: boolean
  readonly onDecided: (decision: AccessDecisionView | undefined) => void
}

/** What an edge would decide, and every step that leads there. */
export function TryPanel({ kind, revision, dirty, onDecided }: TryPanelProps) {
  const [form, setForm] = useState<TryForm>(USUAL_TRY)
  const [more, setMore] = useState(false)
  const attempt = useMutation({
    mutationFn: (body: WhyBody) => api.post<AccessDecisionView>('/access/why', body),
    onSuccess: onDecided,
    onError: () => onDecided(undefined),
  })
  const tried = useRef(revision)
  const { mutate, variables } = attempt
  useEffect(() => {
    if (tried.current === revision) return
    tried.current = revision
    if (variables) mutate(variables)
  }, [revision, mutate, variables])
  const put = (change: Partial<TryForm>) => setForm({ ...form, ...change })
  const errors = attempt.error instanceof ApiError ? attempt.error.fields : {}
  const isElsewhere =
    attempt.error && !Object.keys(errors).some(path => /^(user|host|port|clientAddress|device|at)/.test(path))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    attempt.mutate(bodyOfTry(form))
  }
  return (
    <Paper component="section" p="md" className={classes.root} aria-labelledby="try-access">
      <Title order={2} id="try-access">
        Try it
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        What would an edge decide, and why?
        {dirty && ' By what is saved: the changes beside are not in it.'}
      </Text>
      <form onSubmit={submit} className={classes.form}>
        <UserInput value={form.user} error={errors.user} onChange={user => put({ user })} />
        <div className={classes.target}>
          <TextInput
            label="Address or name"
            placeholder="10.0.0.9"
            required
            withAsterisk={false}
            spellCheck={false}
            value={form.host}
            error={errors.host}
            onChange={event => put({ host: event.currentTarget.value })}
          />
          <NumberInput
            label="Port"
            required
            withAsterisk={false}
            hideControls
            min={1}
            max={65_535}
            clampBehavior="none"
            allowDecimal={false}
            value={form.port}
            error={errors.port}
            onChange={port => put({ port })}
          />
        </div>
        <Collapse expanded={more}>
          <div className={classes.form}>
            <TextInput
              label="From"
              description="The address of the agent’s machine"
              placeholder="127.0.0.1"
              spellCheck={false}
              value={form.clientAddress}
              error={errors.clientAddress}
              onChange={event => put({ clientAddress: event.currentTarget.value })}
            />
            <NamesInput
              label="Device labels"
              placeholder="none"
              value={form.deviceLabels}
              error={errors.deviceLabels}
              onChange={deviceLabels => put({ deviceLabels })}
            />
            <TextInput
              label="At"
              description="In the time of this browser. Empty: now"
              type="datetime-local"
              value={form.at}
              error={errors.at}
              onChange={event => put({ at: event.currentTarget.value })}
            />
          </div>
        </Collapse>
        <div className={classes.buttons}>
          <Button variant="subtle" size="xs" aria-expanded={more} onClick={() => setMore(!more)}>
            {more ? 'Fewer fields' : 'From, labels, time'}
          </Button>
          <Button type="submit" variant="default" loading={attempt.isPending}>
            Try
          </Button>
        </div>
      </form>
      <div role="status" className={classes.answer}>
        {attempt.data && !attempt.error && <Decision decision={attempt.data} kind={kind} />}
        {isElsewhere && <ErrorView error={attempt.error} />}
      </div>
    </Paper>
  )
}

function UserInput(props: { value: string; error: string | undefined; onChange: (user: string) => void }) {
  const [typed] = useDebouncedValue(props.value, 250)
  const names = useQuery({
    queryKey: ['/users', 'names', typed],
    queryFn: () => api.get<Page<{ readonly name: string }>>('/users', { search: typed, limit: 8 }),
    enabled: useCan('users:read') && typed !== '',
    placeholderData: keepPreviousData,
  })
  return (
    <Autocomplete
      label="User"
      placeholder="alice"
      required
      withAsterisk={false}
      data={names.data?.items.map(({ name }) => name) ?? []}
      {...props}
    />
  )
}

function Decision({ decision, kind }: { decision: AccessDecisionView; kind: PolicyKind }) {
  const [tone, word] = ACTIONS[decision.action]
  const { status, rule, message, because, groups } = decision
  const { other } = POLICIES[kind]
  return (
    <>
      <div className={classes.verdict}>
        {status ? (
          <Because because={status}>
            <Status tone={tone}>{word}</Status>
          </Because>
        ) : (
          <Status tone={tone}>{word}</Status>
        )}
        {decision.segment !== undefined && (
          <span>
            segment{' '}
            <Anchor
              component={Link}
              inherit
              to="/access/segments"
              search={{ search: decision.segment } as never}
            >
              {decision.segment}
            </Anchor>
          </span>
        )}
      </div>
      {rule && (
        <Text size="md">
          Decided by{' '}
          {rule.policy === 'segment' ? (
            'the bypass of the segment'
          ) : (
            <>
              rule {rule.place !== undefined && `${rule.place}, `}
              <strong>{rule.name}</strong>
              {rule.policy !== kind && (
                <>
                  {' '}
                  of the{' '}
                  <Anchor component={Link} inherit to={other.to}>
                    {other.title}
                  </Anchor>
                </>
              )}
            </>
          )}
        </Text>
      )}
      {message !== undefined && <Text size="md">The user reads: “{message}”</Text>}
      <ol className={classes.steps} aria-label="Steps of the decision">
        {[...new Set(because)].map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <Text size="sm" c="dimmed">
        Groups of the user: {groups.join(', ') || 'none'}
      </Text>
    </>
  )
}
