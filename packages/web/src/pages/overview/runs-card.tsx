import { Anchor, Paper, Title } from '@mantine/core'
import type { Page, RunState, TransferView } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../../api/client.ts'
import { countText } from '../../format/format.ts'
import { useCan } from '../../shell/me.ts'
import { RunStatus } from '../runs/run-state.tsx'
import classes from './overview.module.css'

/** Those that go on, then those that are over, of the last day. */
const STATES: readonly RunState[] = ['running', 'waiting', 'retrying', 'failed', 'succeeded']

/** Runs of site transfers in figures; nothing where there are no site transfers. */
export function RunsCard() {
  const may = useCan('transfers:read')
  const definitions = useQuery({
    queryKey: ['/site-transfers', 'any'],
    queryFn: () => api.get<Page<TransferView>>('/site-transfers', { limit: 1 }),
    enabled: may,
    staleTime: 60_000,
  })
  const isUsed = (definitions.data?.total ?? 0) > 0
  const { data: counts } = useQuery({
    queryKey: ['/runs/counts'],
    queryFn: () => api.get<Record<RunState, number>>('/runs/counts'),
    enabled: isUsed,
    refetchInterval: 10_000,
  })
  if (!isUsed || !counts) return null
  return (
    <Paper component="section" className={classes.part} aria-labelledby="runs-title">
      <Title order={2} id="runs-title">
        Runs of site transfers
      </Title>
      <dl className={classes.facts}>
        {STATES.map(state => (
          <div key={state}>
            <dt>
              <RunStatus state={state} />
            </dt>
            <dd>
              <Anchor
                component={Link}
                to={`/runs?state=${state}`}
                aria-label={`${countText(counts[state] ?? 0)} ${state}`}
                className="tabular"
                c={state === 'failed' && (counts.failed ?? 0) > 0 ? 'red' : undefined}
                fw={state === 'failed' && (counts.failed ?? 0) > 0 ? 640 : undefined}
              >
                {countText(counts[state] ?? 0)}
              </Anchor>
            </dd>
          </div>
        ))}
      </dl>
    </Paper>
  )
}
