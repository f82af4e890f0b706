import { controlPorts, type PlanContext, type PlanSection } from '../section.ts'

/** A Service lists each port by itself. Nobody reads, and few load balancers take, more than this. */
const MOST_PORTS = 100
/** Three hours: how long a client stays with its pod, the default of Kubernetes. */
const AFFINITY_SECONDS = 10_800

/** A Kubernetes Service; with too many ports for one, a patch that gives the pod its node's network. */
export function kubernetes(context: PlanContext): PlanSection {
  return context.range.count > MOST_PORTS ? hostNetwork(context) : service(context)
}

function service({ facts, range }: PlanContext): PlanSection {
  const entry = (name: string, port: number) =>
    `    - { name: ${name}, port: ${port}, targetPort: ${port}, protocol: TCP }`
  return {
    name: 'kubernetes',
    title: 'Kubernetes Service',
    format: 'yaml',
    text: [
      'apiVersion: v1',
      'kind: Service',
      'metadata:',
      '  name: portolan',
      'spec:',
      '  type: LoadBalancer',
      '  selector:',
      '    app: portolan',
      '  externalTrafficPolicy: Local     # keeps the address of the client',
      '  sessionAffinity: ClientIP        # data connections reach the pod of their control connection',
      '  sessionAffinityConfig:',
      '    clientIP:',
      `      timeoutSeconds: ${AFFINITY_SECONDS}`,
      '  ports:',
      ...controlPorts(facts).map(port => entry(`control-${port}`, port)),
      ...Array.from(range.ports(), port => entry(`passive-${port}`, port)),
    ].join('\n'),
    notes: [
      'A Service has no port ranges: each port is an entry, with the same number inside and outside, because the server tells it to clients.',
      'One replica, or a load balancer that keeps a client at one node: affinity works within the cluster only.',
      ...(facts.nat === undefined
        ? [
            'Plan with --nat ADDRESS, the external address of the Service: else clients are told that of the pod.',
          ]
        : []),
      'If the cluster hides client addresses, all clients count as one: plan with --same-address and the number of clients.',
    ],
  }
}

function hostNetwork({ range }: PlanContext): PlanSection {
  return {
    name: 'kubernetes',
    title: 'Kubernetes, without a Service',
    format: 'yaml',
    text: [
      '# kubectl patch deployment portolan --patch-file FILE',
      'spec:',
      '  replicas: 1',
      '  strategy:',
      '    type: Recreate                 # the old pod has to leave the ports first',
      '    rollingUpdate: null',
      '  template:',
      '    spec:',
      '      hostNetwork: true',
      '      dnsPolicy: ClusterFirstWithHostNet',
    ].join('\n'),
    notes: [
      `A Service has no port ranges, so ${range.count} ports would be ${range.count} entries, and as many at the load balancer. With hostNetwork the pod has the ports of its node; pin it there with a nodeSelector.`,
      `Or plan for ${MOST_PORTS} ports or fewer: with shared ports (without --exclusive) that is enough for many clients.`,
    ],
  }
}
