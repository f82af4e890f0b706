import type { IdleEvidence, TransferEvidence, WriteEvidence } from '../evidence.ts'
import { type Facts, listed, passiveMoved, quote, type Rule, sentence } from './facts.ts'
import type { Verdict } from './verdict.ts'

/** What happens on data connections that stand, at their end, and while nothing happens. */
export const transferRules: Rule = facts => [
  ...refusedListing(facts),
  ...ends(facts),
  ...noop(facts),
  ...idle(facts),
  ...listing(facts),
  ...written(facts),
  ...limited(facts),
]

function refusedListing(facts: Facts): readonly Verdict[] {
  const { epsv, pasv } = facts.evidence
  if (passiveMoved(facts) || facts.options.mode === 'active') return []
  const transfer = [epsv, pasv].find(one => one?.outcome === 'not-moved')?.transfer
  if (!transfer) return []
  if (transfer.outcome === 'broken' || transfer.outcome === 'stalled') return [broke(transfer)]
  const isFile = transfer.outcome === 'refused' && transfer.code !== 425 && transfer.code !== 522
  if (!isFile) return []
  return [
    {
      code: 'LISTING_REFUSED',
      confidence: 'certain',
      severity: 'error',
      text: `Data connections stand, and the server does not list the folder: ${sentence(transfer.reply ?? transfer.text)}`,
      fixes: {
        client: 'Give a folder that this user may read in the URL.',
        server: 'Check the rights of the account on its folder.',
      },
    },
  ]
}

function broke({ outcome, bytes, text, reply }: TransferEvidence): Verdict {
  const stalls = outcome === 'stalled' && bytes > 0
  const said = [text, reply].filter(one => one !== undefined).join('; ')
  if (stalls) return mtu(bytes)
  return {
    code: 'TRANSFER_BROKE',
    confidence: 'certain',
    severity: 'error',
    text: `The data connection stands, and the transfer breaks after ${bytes} bytes: ${sentence(said)}`,
    fixes: {
      server: 'Look for this transfer in the server’s log.',
      network: 'A firewall that inspects data connections may cut them.',
    },
  }
}

function mtu(bytes: number): Verdict {
  return {
    code: 'MTU_BLACKHOLE',
    confidence: 'possible',
    severity: 'error',
    text: `Small packets get through and a transfer stalls after ${bytes} bytes: full-sized packets are lost on the way, as they are when a tunnel or VPN has a smaller MTU and the messages that would say so (ICMP) are filtered.`,
    fixes: {
      client: 'Lower the MTU of this machine’s interface to try, for example to 1400.',
      network: 'Let ICMP “fragmentation needed” through, or clamp the MSS at the tunnel.',
    },
  }
}

function ends({ evidence: { closing } }: Facts): readonly Verdict[] {
  if (!closing || closing.truncated === 0) return []
  return [
    {
      code: 'NO_CLOSE_NOTIFY',
      confidence: 'certain',
      severity: 'note',
      text: `${closing.truncated} of ${closing.underTls} TLS data connections ended without close_notify, so a listing or file that somebody cuts off cannot be told from a whole one (IIS and z/OS end theirs like this). Sizes are compared instead where they are known.`,
      fixes: { server: 'End TLS properly, if the server can be told to.' },
    },
  ]
}

function noop({ evidence }: Facts): readonly Verdict[] {
  const found = evidence.noop
  if (!found || found.reply === 'during' || found.reply === 'after') return []
  const breaks = found.reply === 'broke'
  return [
    {
      code: 'NOOP_IN_TRANSFER',
      confidence: 'likely',
      severity: breaks ? 'warning' : 'note',
      text: breaks
        ? `NOOP on the control connection breaks a transfer that is under way (${quote(found.text)}).`
        : 'NOOP on the control connection is never answered when it comes during a transfer, so it must not be used to keep the connection alive.',
      fixes: {
        client:
          'Keep the control connection alive by TCP keep-alive, and send no NOOP during transfers (lftp ftp:nop-interval, WinSCP “Dummy FTP commands”: off).',
      },
    },
  ]
}

function idle({ evidence }: Facts): readonly Verdict[] {
  const probes = evidence.idle?.probes ?? []
  const lost = probes.filter(({ keep, outcome }) => keep === 'none' && outcome !== 'alive')
  const [first] = lost.toSorted((a, b) => a.seconds - b.seconds)
  if (!first || first.outcome === 'not-begun') return []
  const helps = listed(
    probes.flatMap(({ keep, outcome }) => (keep !== 'none' && outcome === 'alive' ? [KEEPS[keep]] : [])),
  )
  const client =
    helps === '' ? 'Reconnect after pauses.' : `${helps[0]?.toUpperCase()}${helps.slice(1)} keeps it alive.`
  return [idleVerdict(first, client)]
}

const KEEPS = { noop: 'NOOP every 30 seconds', tcp: 'TCP keep-alive every 30 seconds' } as const

function idleVerdict(
  { seconds, outcome, text = '' }: IdleEvidence['probes'][number],
  client: string,
): Verdict {
  if (outcome === 'said-goodbye')
    return {
      code: 'SERVER_IDLE',
      confidence: 'certain',
      severity: 'note',
      text: `The server itself ends a session after ${seconds} seconds of silence or less: ${sentence(text)}`,
      fixes: { client, server: 'Raise the idle time-out.' },
    }
  const dropped = outcome === 'silent'
  return {
    code: dropped ? 'NAT_IDLE_DROP' : 'NAT_IDLE_RESET',
    confidence: 'likely',
    severity: 'warning',
    text: `After ${seconds} seconds of silence or less the control connection is gone: ${dropped ? 'what is sent then is never answered' : 'it is reset'}. A firewall or NAT router forgets idle connections. Long transfers end like this: the file arrives, and its final reply does not.`,
    fixes: {
      client,
      network: 'Raise the idle time-out for TCP; RFC 5382 wants two hours and four minutes at least.',
    },
  }
}

function listing({ evidence }: Facts): readonly Verdict[] {
  const bad = evidence.listing?.listings.find(({ unparsed }) => unparsed > 0)
  if (!bad) return []
  return [
    {
      code: 'LISTING_UNPARSED',
      confidence: 'certain',
      severity: 'warning',
      text: `${bad.unparsed} ${bad.unparsed === 1 ? 'line' : 'lines'} of the reply to ${bad.command} could not be read, so the names in them are missing from listings: ${bad.samples.map(line => `“${line}”`).join(', ')}`,
      fixes: {
        client: 'Please report these lines: the dialect can be learnt.',
        server: 'Switch MLSD on, which needs no guessing, or set the listing to the UNIX style.',
      },
    },
  ]
}

function written({ evidence: { write } }: Facts): readonly Verdict[] {
  if (!write) return []
  const found: Verdict[] = []
  const { up, down, same, removed } = write
  if (up.outcome === 'refused')
    found.push({
      code: 'WRITE_REFUSED',
      confidence: 'certain',
      severity: 'error',
      text: `The upload of ${write.path} was refused: ${sentence(up.reply ?? up.text)}`,
      fixes: { server: 'Check the rights of the account on that folder, its quota and the free space.' },
    })
  const broken = [up, down].find(one => one && one.outcome !== 'moved' && one.outcome !== 'refused')
  if (broken) found.push(broken.outcome === 'stalled' && broken.bytes > 0 ? mtu(broken.bytes) : broke(broken))
  if (same && same !== 'same') found.push(changed(write, same))
  if (!removed)
    found.push({
      code: 'WRITE_NOT_REMOVED',
      confidence: 'certain',
      severity: 'warning',
      text: `The file of the write test is still there: ${write.path}`,
      fixes: { client: 'Remove it by hand; this account may be allowed to upload and not to delete.' },
    })
  return found
}

function changed({ bytes }: WriteEvidence, same: 'line-ends' | 'different' | 'shorter'): Verdict {
  const lineEnds = same === 'line-ends'
  return {
    code: lineEnds ? 'ASCII_CONVERSION' : 'DATA_TAINTED',
    confidence: 'certain',
    severity: 'error',
    text: lineEnds
      ? 'A file that was uploaded and downloaded in binary came back with other line ends: something converts text although TYPE I was set.'
      : `A file of ${bytes} bytes that was uploaded and downloaded came back ${same === 'shorter' ? 'shorter' : 'changed'}: something on the way, or the server, alters data.`,
    fixes: {
      client: 'Use TLS: under it nothing on the way can change data unnoticed.',
      server: lineEnds
        ? 'Switch ASCII conversion off.'
        : 'Check its storage, and filters such as virus scanners.',
      network: 'Switch the inspection of data connections off.',
    },
  }
}

function limited({ evidence }: Facts): readonly Verdict[] {
  const { sessions, sessionLimit } = evidence.capabilities ?? {}
  if (sessionLimit === undefined) return []
  return [
    {
      code: 'SESSIONS_LIMITED',
      confidence: 'certain',
      severity: 'note',
      text: `The server lets no more than ${sessions} ${sessions === 1 ? 'session' : 'sessions'} in at once from here: ${sentence(sessionLimit)}`,
      fixes: {
        client: `Use ${sessions} connections at most for parallel transfers.`,
        server: 'Raise the limit of sessions for one user and one address.',
      },
    },
  ]
}
