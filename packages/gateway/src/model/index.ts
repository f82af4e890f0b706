export { type PortRange, portRange } from './fields.ts'
export {
  MEMBER_KINDS,
  type Member,
  type MemberKind,
  member,
  memberKind,
  type ProvisioningKey,
  provisioningKey,
} from './members.ts'
export {
  type AccessPolicy,
  type AccessRule,
  accessPolicy,
  accessRule,
  type Conditions,
  conditions,
  type ForwardingPolicy,
  type ForwardingRule,
  forwardingPolicy,
  forwardingRule,
  type TimeWindow,
  timeWindow,
} from './policy.ts'
export {
  type Publication,
  type PublicationAddressRule,
  publication,
  publicationAddressRule,
} from './publication.ts'
export {
  type ConnectorGroup,
  connectorGroup,
  type Segment,
  type SegmentGroup,
  type SegmentInput,
  type ServerGroup,
  segment,
  segmentGroup,
  serverGroup,
} from './segment.ts'
