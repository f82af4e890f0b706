import { Anchor, Badge, Paper, Title, UnstyledButton } from '@mantine/core'
import type { DiagnosisGroup } from '@portolan/console/contract'
import { IconChevronDown } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useId, useState } from 'react'
import { CodeText } from '../../components/code-text.tsx'
import { Time, TimeAgo } from '../../components/time-ago.tsx'
import { countText, plural } from '../../format/format.ts'
import classes from './diagnosis.module.css'

/** How many names are shown before the rest is counted. */
const NAMES = 6

/** Failures with one cause: what it is, what to change, whom it met. */
export function DiagnosisGroupView({ group }: { group: DiagnosisGroup }) {
  const id = useId()
  return (
    <Paper component="article" className={classes.group} aria-labelledby={id}>
      <header className={classes.head}>
        <span className={classes.count} title={plural(group.count, 'failure')}>
          {countText(group.count)}
        </span>
        <div className={classes.title}>
          <Title order={2} id={id}>
            {group.title}
          </Title>
          <p className={classes.when}>
            <code>{group.code}</code> last <TimeAgo at={group.last} />
            {group.count > 1 && (
              <>
                , first <TimeAgo at={group.first} />
              </>
            )}
          </p>
        </div>
      </header>
      <p className={classes.cause}>{group.cause}</p>
      {group.advice.length > 0 && (
        <div className={classes.advice}>
          <h3>What to change</h3>
          <ul>
            {group.advice.map(text => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      <dl className={classes.met}>
        <Met name="Users" values={group.users} linkTo={user => `/users/${encodeURIComponent(user)}`} />
        <Met name="Addresses" values={group.addresses} />
      </dl>
      <Examples group={group} />
    </Paper>
  )
}

function Met({
  name,
  values,
  linkTo,
}: {
  name: string
  values: readonly string[]
  linkTo?: (value: string) => string
}) {
  const shown: ReactNode[] = values.slice(0, NAMES).map(value => (
    <Badge key={value} variant="default" component="span">
      {linkTo ? (
        <Anchor component={Link} inherit to={linkTo(value)}>
          {value}
        </Anchor>
      ) : (
        <CodeText>{value}</CodeText>
      )}
    </Badge>
  ))
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {values.length === 0 ? '–' : shown}
        {values.length > NAMES && <span>and {values.length - NAMES} more</span>}
      </dd>
    </div>
  )
}

function Examples({ group: { examples } }: { group: DiagnosisGroup }) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  if (examples.length === 0) return null
  return (
    <>
      <UnstyledButton
        className={classes.more}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <IconChevronDown size={15} aria-hidden data-open={isOpen || undefined} />{' '}
        {plural(examples.length, 'example')}
      </UnstyledButton>
      <ul className={classes.examples} id={id} hidden={!isOpen}>
        {examples.map(({ id: key, at, text, user, address, session }) => (
          <li key={key}>
            <Time at={at} /> {user !== '' && <b>{user}</b>} <CodeText>{address}</CodeText>{' '}
            {session !== '' && (
              <Anchor component={Link} inherit to={`/sessions/${encodeURIComponent(session)}`}>
                session {session}
              </Anchor>
            )}
            <br />
            {text}
          </li>
        ))}
      </ul>
    </>
  )
}
