import { Paper, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { CompassRose } from './compass-rose.tsx'
import classes from './gate-frame.module.css'

/** The frame of the pages before one is signed in: a chart with one sheet on it. */
export function GateFrame(props: { title: string; description?: ReactNode; children: ReactNode }) {
  const { title } = props
  useEffect(() => {
    document.title = `${title} · Portolan`
  }, [title])
  return (
    <main className={classes.root}>
      <Chart />
      <Paper className={classes.sheet} p="xl" shadow="md">
        <div className={classes.brand}>
          <span className={classes.mark}>
            <CompassRose size={34} />
          </span>
          <Text component="span" fw={650} size="lg">
            Portolan
          </Text>
        </div>
        <Title order={1} mb={props.description ? 4 : 'md'}>
          {title}
        </Title>
        {props.description && (
          <Text c="dimmed" size="md" mb="md" component="div">
            {props.description}
          </Text>
        )}
        {props.children}
      </Paper>
    </main>
  )
}

const CENTRES = [
  [18, 30],
  [82, 72],
] as const

/** Rhumb lines of two roses across a sea; decoration. */
function Chart() {
  return (
    <svg
      className={classes.chart}
      viewBox="0 0 100 100"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      {CENTRES.map(([x, y]) => (
        <g key={x}>
          {Array.from({ length: 16 }, (_, at) => (at * Math.PI) / 16).map(angle => (
            <line
              key={angle}
              x1={x - 150 * Math.cos(angle)}
              y1={y - 150 * Math.sin(angle)}
              x2={x + 150 * Math.cos(angle)}
              y2={y + 150 * Math.sin(angle)}
            />
          ))}
          <circle cx={x} cy={y} r="9" />
          <circle cx={x} cy={y} r="9.8" />
        </g>
      ))}
    </svg>
  )
}
