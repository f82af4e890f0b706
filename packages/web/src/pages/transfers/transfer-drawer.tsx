import { Anchor, Drawer } from '@mantine/core'
import type { Transfer } from '@portolan/console/contract'
import { Link } from '@tanstack/react-router'
import { CodeText } from '../../components/code-text.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Facts } from '../../components/facts.tsx'
import { Verdict } from '../../components/status.tsx'
import { Bytes, Duration, Time } from '../../components/time-ago.tsx'
import { modeText, speedText, tlsText } from './transfer-texts.ts'

/** Everything that is known of a transfer. */
export function TransferDrawer({
  transfer,
  onClose,
}: {
  transfer: Transfer | undefined
  onClose: () => void
}) {
  return (
    <Drawer opened={transfer !== undefined} onClose={onClose} title="Transfer" size="md">
      {transfer && <Details transfer={transfer} />}
    </Drawer>
  )
}

function Details({ transfer: one }: { transfer: Transfer }) {
  return (
    <Facts
      rows={[
        ['Verdict', <Verdict key="v" verdict={one.verdict} />],
        ['Reply', one.reply > 0 ? `${one.reply} ${one.text}` : one.text],
        [
          'File',
          <span key="p">
            <CodeText>{one.path}</CodeText> <CopyButton text={one.path} what="the path" />
          </span>,
        ],
        ['Command', <CodeText key="c">{one.command}</CodeText>],
        ['Bytes', <Bytes key="b" value={one.bytes} />],
        [
          'Took',
          <span key="t">
            <Duration ms={one.ms} /> {speedText(one) && `(${speedText(one)})`}
          </span>,
        ],
        ['Ended', <Time key="e" at={one.at} />],
        [
          'User',
          <Anchor key="u" component={Link} to={`/users/${encodeURIComponent(one.user)}`}>
            {one.user}
          </Anchor>,
        ],
        ['Client', <CodeText key="a">{one.address}</CodeText>],
        ['Data connection', modeText(one.mode)],
        ['Our end', one.local && <CodeText key="l">{one.local}</CodeText>],
        ['Client’s end', one.remote && <CodeText key="r">{one.remote}</CodeText>],
        ['Because', one.because],
        ['Protection', tlsText(one.tls)],
        ['Session', <CodeText key="s">{one.session}</CodeText>],
        ['Node', one.node],
      ]}
    />
  )
}
