import type {
  ConnectorGroupView,
  ConnectorGroupWrite,
  SegmentGroupView,
  SegmentGroupWrite,
  ServerGroupView,
  ServerGroupWrite,
} from '@portolan/console/contract'
import { rateField, rateOfField } from '../../sites/rate-field.ts'

type Revised = { readonly revision: number } | undefined

const named = (form: { readonly name: string; readonly description: string }, view: Revised) => ({
  name: form.name.trim(),
  ...(form.description.trim() !== '' && { description: form.description.trim() }),
  ...(view && { revision: view.revision }),
})

export interface SegmentGroupForm {
  name: string
  description: string
  enabled: boolean
}

export const formOfSegmentGroup = (view: SegmentGroupView | undefined): SegmentGroupForm => ({
  name: view?.name ?? '',
  description: view?.description ?? '',
  enabled: view?.enabled ?? true,
})

export const writeOfSegmentGroup = (form: SegmentGroupForm, view: Revised): SegmentGroupWrite => ({
  ...named(form, view),
  enabled: form.enabled,
})

export interface ServerGroupForm {
  name: string
  description: string
  connectorGroups: string[]
}

export const formOfServerGroup = (
  view: ServerGroupView | undefined,
  usual: string | undefined = undefined,
): ServerGroupForm => ({
  name: view?.name ?? '',
  description: view?.description ?? '',
  connectorGroups: [...(view?.connectorGroups ?? (usual === undefined ? [] : [usual]))],
})

export const writeOfServerGroup = (form: ServerGroupForm, view: Revised): ServerGroupWrite => ({
  ...named(form, view),
  connectorGroups: form.connectorGroups,
})

export interface ConnectorGroupForm {
  name: string
  description: string
  enabled: boolean
  weight: number | string
  maxStreams: number | string
  /** Such as `20MiB/s`; empty: no bound. */
  bandwidth: string
}

export const formOfConnectorGroup = (view: ConnectorGroupView | undefined): ConnectorGroupForm => ({
  name: view?.name ?? '',
  description: view?.description ?? '',
  enabled: view?.enabled ?? true,
  weight: view?.weight ?? 100,
  maxStreams: view?.maxStreams ?? 10_000,
  bandwidth: view?.bytesPerSecond === undefined ? '' : rateField(view.bytesPerSecond),
})

export function writeOfConnectorGroup(form: ConnectorGroupForm, view: Revised): ConnectorGroupWrite {
  const bytesPerSecond = rateOfField(form.bandwidth)
  return {
    ...named(form, view),
    enabled: form.enabled,
    weight: Number(form.weight),
    maxStreams: Number(form.maxStreams),
    ...(bytesPerSecond !== undefined && { bytesPerSecond }),
  }
}

/** Whether what was typed as a bandwidth is one, or nothing. */
export const isBandwidth = (typed: string): boolean => typed.trim() === '' || rateOfField(typed) !== undefined
