import { Box, Button, Group, Paper, Text, Title, VisuallyHidden } from '@mantine/core'
import type { SessionDetail } from '@portolan/console/contract'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useLayoutEffect, useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import classes from './dialogue.module.css'
import { lineKind, timeOfDay, transcript } from './dialogue-lines.ts'

interface DialogueProps {
  readonly lines: SessionDetail['dialogue']
  readonly paused: boolean
  readonly over: boolean
  readonly onPause: (paused: boolean) => void
}

/** The control connection as it was spoken. Follows the newest line until somebody scrolls back. */
export function Dialogue({ lines, paused, over, onPause }: DialogueProps) {
  const frame = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const last = lines.at(-1)
  useLayoutEffect(() => {
    const box = frame.current
    if (box && last && follows.current) box.scrollTop = box.scrollHeight
  }, [last])
  const named = lines.map((line, place) => ({ line, key: `${line.at} ${place}` }))
  return (
    <Paper component="section" className={classes.section} aria-labelledby="dialogue-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="dialogue-title">
          Control dialogue
        </Title>
        <Group gap="xs">
          <CopyButton text={transcript(lines)} what="the dialogue" />
          {!over && (
            <Button
              size="xs"
              variant="default"
              leftSection={
                paused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
              }
              onClick={() => onPause(!paused)}
            >
              {paused ? 'Follow' : 'Pause'}
            </Button>
          )}
        </Group>
      </Group>
      <Box
        ref={frame}
        className={classes.terminal}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Control dialogue"
        onScroll={event => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget
          follows.current = scrollTop + clientHeight > scrollHeight - 24
        }}
      >
        {named.map(({ line, key }) => (
          <div key={key} className={classes.line} data-kind={lineKind(line)}>
            <time dateTime={new Date(line.at).toISOString()}>
              {timeOfDay(line.at).slice(0, 8)}
              <span className={classes.fraction}>{timeOfDay(line.at).slice(8)}</span>
            </time>
            <span className={classes.from}>
              <span aria-hidden="true">{line.from === 'client' ? '→' : '←'}</span>
              <VisuallyHidden>{line.from}: </VisuallyHidden>
            </span>
            <span className={classes.text}>{line.text}</span>
          </div>
        ))}
        {lines.length === 0 && (
          <Text size="sm" c="inherit">
            Nothing was said yet.
          </Text>
        )}
      </Box>
    </Paper>
  )
}
