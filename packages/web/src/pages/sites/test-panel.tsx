import { Button, Paper, Text, Title } from '@mantine/core'
import type { SiteTest } from '@portolan/console/contract'
import { IconCircleCheck, IconCircleX, IconPlugConnected } from '@tabler/icons-react'
import { ErrorView } from '../../components/error-view.tsx'
import { Status } from '../../components/status.tsx'
import { Duration, useNow } from '../../components/time-ago.tsx'
import { durationText } from '../../format/format.ts'
import classes from './test-panel.module.css'

interface TestPanelProps {
  /** Whether what is tried differs from what is saved. */
  readonly draft: boolean
  readonly pending: boolean
  /** When the test that runs was begun. */
  readonly startedAt: number
  readonly result: SiteTest | undefined
  readonly error: Error | null
  readonly onTest: () => void
}

/** *Test connection*: what the doctor did step by step, what it means, and what to change. */
export function TestPanel({ draft, pending, startedAt, result, error, onTest }: TestPanelProps) {
  return (
    <Paper component="section" className={classes.root} aria-labelledby="test-title">
      <div className={classes.head}>
        <div>
          <Title order={2} id="test-title">
            Test connection
          </Title>
          <Text size="sm" c="dimmed">
            {draft
              ? 'Tries the site as it stands below, before it is saved. Nothing is written at the partner.'
              : 'Logs in at the partner, lists, and tries each way of data. Nothing is written there.'}
          </Text>
        </div>
        <Button
          variant={draft ? 'filled' : 'default'}
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          loading={pending}
          onClick={onTest}
        >
          {draft ? 'Test the draft' : 'Test connection'}
        </Button>
      </div>
      <div role="status" className={classes.said}>
        {pending && <Waiting since={startedAt} />}
        {result && !pending && <Result result={result} />}
      </div>
      {error && !pending && <ErrorView error={error} onRetry={onTest} />}
    </Paper>
  )
}

function Waiting({ since }: { since: number }) {
  const now = useNow(1000)
  return (
    <Text size="sm" c="dimmed">
      The doctor tries every way, which may take a minute:{' '}
      {durationText(Math.max(0, Math.floor((now - since) / 1000) * 1000))}
    </Text>
  )
}

function Result({ result }: { result: SiteTest }) {
  return (
    <>
      <p className={classes.summary}>
        <Status tone={result.ok ? 'good' : 'bad'}>{result.ok ? 'passed' : 'failed'}</Status>
        <span>{result.summary}</span>
      </p>
      {result.verdicts.length > 0 && (
        <ul className={classes.verdicts}>
          {result.verdicts.map(verdict => (
            <li key={`${verdict.code} ${verdict.title}`}>
              <p>
                {verdict.title} <code>{verdict.code}</code>
              </p>
              {verdict.advice.length > 0 && (
                <ul>
                  {verdict.advice.map(text => (
                    <li key={text}>{text}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      )}
      <ol className={classes.steps} aria-label="Steps of the test">
        {stepRows(result.steps).map(({ key, step }) => {
          const Icon = step.ok ? IconCircleCheck : IconCircleX
          return (
            <li key={key} data-bad={!step.ok || undefined}>
              <Icon size={17} role="img" aria-label={step.ok ? 'worked' : 'failed'} />
              <span>
                <b>{step.step}</b> {step.text}
              </span>
              <Duration ms={step.ms} />
            </li>
          )
        })}
      </ol>
    </>
  )
}

/** A step may come twice: its place among those of its name tells it from the others. */
function stepRows(steps: SiteTest['steps']) {
  const seen = new Map<string, number>()
  return steps.map(step => {
    const count = (seen.get(step.step) ?? 0) + 1
    seen.set(step.step, count)
    return { key: `${step.step} ${count}`, step }
  })
}
