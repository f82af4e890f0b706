import { controlPorts, families, type PlanContext, type PlanSection } from '../section.ts'

/** Default quota of listeners of one Network Load Balancer. */
const NLB_LISTENERS = 50

/** An AWS security group, for the AWS CLI. */
export function aws({ facts, range }: PlanContext): PlanSection {
  const { ipv4, ipv6 } = families(facts)
  const permission = (from: number, to: number, Description: string) => ({
    IpProtocol: 'tcp',
    FromPort: from,
    ToPort: to,
    ...(ipv4 && { IpRanges: [{ CidrIp: '0.0.0.0/0', Description }] }),
    ...(ipv6 && { Ipv6Ranges: [{ CidrIpv6: '::/0', Description }] }),
  })
  const permissions = [
    ...controlPorts(facts).map(port => permission(port, port, 'FTP control')),
    permission(range.base, range.end, 'FTP passive data'),
  ]
  const listeners = permissions.length - 1 + range.count
  return {
    name: 'aws',
    title: 'AWS security group',
    format: 'shell',
    text: [
      'GROUP=sg-0123456789abcdef0   # the security group of the server',
      'aws ec2 authorize-security-group-ingress --group-id "$GROUP" --ip-permissions \\',
      `  '[${permissions.map(one => JSON.stringify(one)).join(',\n    ')}]'`,
    ].join('\n'),
    notes: [
      ...(facts.nat === undefined
        ? [
            'An Elastic IP is a NAT address: plan with --nat ELASTIC_IP --server PRIVATE_IP, or clients are told the private one.',
          ]
        : []),
      'Network ACLs keep no state: where they are in use, let these ports in, and 1024-65535 out.',
      `A Network Load Balancer needs a listener and a target group for each port, here ${listeners}${listeners > NLB_LISTENERS ? ` (its quota is ${NLB_LISTENERS} unless raised)` : ''}, and one server behind them all: stickiness ends at the target group. It has to preserve client addresses, or send PROXY protocol v2 (--balancer).`,
    ],
  }
}
