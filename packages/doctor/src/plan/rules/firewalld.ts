import { controlPorts, type NatContext, type PlanContext, type PlanSection } from '../section.ts'
import { natNotes } from './nftables.ts'

const RELOAD = 'firewall-cmd --reload'

/** The server's own firewall, for firewalld. */
export function firewalld({ facts, range }: PlanContext): PlanSection {
  const ports = [...controlPorts(facts), range]
  return {
    name: 'firewalld',
    title: 'firewalld, on the server',
    format: 'shell',
    text: [...ports.map(port => `firewall-cmd --permanent --add-port=${port}/tcp`), RELOAD].join('\n'),
    notes: [
      'They go into the default zone; add --zone=NAME when the interface is in another one (firewall-cmd --get-active-zones).',
      'Ports, and not --add-service=ftp: that service brings the nf_conntrack_ftp helper, which is blind under TLS. If it is there already: firewall-cmd --permanent --remove-service=ftp',
      ...(facts.active ? ['Active mode needs nothing here: firewalld lets outgoing connections pass.'] : []),
    ],
  }
}

/** The gateway that clients dial, for firewalld: passes everything on to the server. */
export function firewalldNat(context: NatContext): PlanSection {
  const { facts, range, inside, outside } = context
  const forward = (port: string) =>
    `firewall-cmd --permanent --zone=external --add-forward-port=port=${port}:proto=tcp:toport=${port}:toaddr=${inside}`
  return {
    name: 'firewalld-nat',
    title: `firewalld, on the gateway that has ${outside}`,
    format: 'shell',
    text: [...controlPorts(facts).map(String), `${range}`].map(forward).concat(RELOAD).join('\n'),
    notes: [
      `The interface with ${outside} has to be in the zone external; if it is in another one, name that.`,
      ...natNotes(context),
    ],
  }
}
