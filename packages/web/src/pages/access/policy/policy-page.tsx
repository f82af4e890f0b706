import { Button, Skeleton, Text } from '@mantine/core'
import type {
  AccessDecisionView,
  AccessPolicyView,
  FieldProblem,
  ForwardingPolicyView,
} from '@portolan/console/contract'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useMemo, useState } from 'react'
import { ApiError, api } from '../../../api/client.ts'
import { EmptyView } from '../../../components/empty-view.tsx'
import { ErrorView } from '../../../components/error-view.tsx'
import { bare, type Keyed, keyed } from '../../../components/keyed.ts'
import { PageHeader } from '../../../components/page-header.tsx'
import { SaveBar } from '../../../components/save-bar.tsx'
import { SearchInput } from '../../../components/search-input.tsx'
import { useChange } from '../../../components/use-change.ts'
import { countText, plural } from '../../../format/format.ts'
import { useCan } from '../../../shell/me.ts'
import { Warnings } from '../shared/warnings.tsx'
import { changesOf, changesText, countOf, problemsOfPolicy, problemsOfRule } from './policy-draft.ts'
import { POLICIES } from './policy-kinds.ts'
import classes from './policy-page.module.css'
import { RuleDrawer } from './rule-drawer.tsx'
import type { PolicyKind, Rule } from './rule-form.ts'
import { RuleList } from './rule-list.tsx'
import { ruleHas } from './rule-words.ts'
import { decidedAt } from './try-form.ts'
import { TryPanel } from './try-panel.tsx'

const FORM = 'policy'
/** Rules that are drawn at once; there may be ten thousand. */
const STEP = 200
/** From so many rules on there is a search. */
const MANY = 12

type PolicyView = AccessPolicyView | ForwardingPolicyView

/** A policy: ordered rules, of which the first that fits decides. */
export function PolicyPage({ kind }: { kind: PolicyKind }) {
  const policy = POLICIES[kind]
  const query = useQuery({
    queryKey: [policy.path],
    queryFn: () => api.get<PolicyView>(policy.path),
    refetchInterval: 30_000,
  })
  const can = useCan('access:write')
  const { base, draft, rules, edit, discard } = useDraft(query.data)
  const [search, setSearch] = useState('')
  const [most, setMost] = useState(STEP)
  const [opened, setOpened] = useState<number | 'new'>()
  const [decision, setDecision] = useState<AccessDecisionView>()
  const save = useChange({
    run: () =>
      api.put<PolicyView>(policy.path, { rules: rules.map(bare), revision: base?.view.revision ?? 0 }),
    done: `The ${policy.title.toLowerCase()} is saved; it holds for connections from now on`,
    renews: [policy.path, '/access/overview'],
    errors: 'self',
    onDone: () => discard(),
  })
  const changes = useMemo(() => changesOf(base?.rules ?? [], rules), [base, rules])
  const dirty = draft !== undefined && countOf(changes) > 0
  const decided = decidedAt(decision, kind)
  const problems: readonly FieldProblem[] = save.error instanceof ApiError ? save.error.errors : []
  const change = (next: readonly Keyed<Rule>[]) => {
    save.reset()
    edit(next)
  }
  const found = useMemo(
    () => rules.flatMap((rule, place) => (ruleHas(rule, search) ? [place] : [])),
    [rules, search],
  )
  const shown = found.filter((place, at) => at < most || place === decided)
  const isOld = save.error instanceof ApiError && save.error.status === 409
  const isNewer = base !== undefined && query.data !== undefined && query.data.revision > base.view.revision
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const add = can && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpened('new')}>
      Add a rule
    </Button>
  )
  return (
    <>
      <PageHeader title={policy.title} description={policy.description} actions={rules.length > 0 && add} />
      {query.error && !base && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {!base && !query.error && <Skeleton height={240} radius="md" aria-busy="true" />}
      {base && (
        <div className={classes.columns}>
          <form onSubmit={submit} id={FORM} className={classes.rules}>
            {!dirty && <Warnings warnings={base.view.warnings} />}
            {rules.length >= MANY && (
              <div className={classes.bar}>
                <SearchInput label="Search rules" value={search} onChange={setSearch} />
                <Text size="sm" c="dimmed" role="status">
                  {search === ''
                    ? plural(rules.length, 'rule')
                    : `${countText(found.length)} of ${plural(rules.length, 'rule')}`}
                </Text>
              </div>
            )}
            {rules.length === 0 && <EmptyView text={policy.empty} action={add} />}
            <RuleList
              kind={kind}
              rules={rules}
              shown={shown}
              decided={dirty ? undefined : decided}
              problems={problems}
              disabled={!can}
              onChange={change}
              onOpen={setOpened}
            />
            {found.length > most && (
              <Button variant="default" size="xs" onClick={() => setMost(most + STEP)}>
                Show {countText(Math.min(STEP, found.length - most))} more
              </Button>
            )}
          </form>
          <TryPanel kind={kind} revision={base.view.revision} dirty={dirty} onDecided={setDecision} />
        </div>
      )}
      <RuleDrawer
        kind={kind}
        rule={typeof opened === 'number' ? rules[opened] : opened}
        problems={typeof opened === 'number' ? problemsOfRule(problems, opened) : []}
        readOnly={!can}
        onClose={() => setOpened(undefined)}
        onKeep={rule =>
          change(
            typeof opened === 'number'
              ? rules.map((one, at) => (at === opened ? { ...rule, key: one.key } : one))
              : [...rules, keyed(rule)],
          )
        }
      />
      {can && (
        <SaveBar
          form={FORM}
          dirty={dirty}
          saving={save.isPending}
          text={`Not saved: ${changesText(changes)}.`}
          saveLabel={`Save ${plural(countOf(changes), 'change')}`}
          discardLabel={isOld || isNewer ? 'Show what is saved now' : 'Discard'}
          error={faultOf(save.error, problems, isNewer ? query.data?.changedBy : undefined)}
          onDiscard={() => {
            save.reset()
            discard()
            void query.refetch()
          }}
        />
      )}
    </>
  )
}

function faultOf(
  error: Error | null,
  problems: readonly FieldProblem[],
  changedBy: string | undefined,
): string | undefined {
  if (error instanceof ApiError && error.status === 409)
    return 'Somebody else has saved this policy meanwhile, so yours was not. Your changes are lost when you look at what is saved now.'
  const others = problemsOfPolicy(problems)
  if (error && problems.length > others.length) return 'Some rules need another look.'
  if (error) return others.map(({ message }) => message).join('; ') || error.message
  if (changedBy === undefined) return undefined
  return `${changedBy} has changed this policy meanwhile; saving would be refused.`
}

interface Base {
  readonly view: PolicyView
  readonly rules: readonly Keyed<Rule>[]
}

/** What is saved, with keys that stay, and what was made of it. A newer answer is taken while there is no draft. */
function useDraft(view: PolicyView | undefined) {
  const [base, setBase] = useState<Base>()
  const [draft, setDraft] = useState<readonly Keyed<Rule>[]>()
  if (view && view !== base?.view && draft === undefined)
    setBase({ view, rules: view.rules.map(rule => keyed<Rule>(rule)) })
  return {
    base,
    draft,
    rules: draft ?? base?.rules ?? [],
    edit: setDraft,
    discard: () => setDraft(undefined),
  }
}
