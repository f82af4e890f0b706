import type { SettingsView } from '@portolan/console/contract'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { FormSchema } from './schema-form.ts'

/** The settings in force. */
export const settingsQuery = queryOptions({
  queryKey: ['/settings'],
  queryFn: () => api.get<SettingsView>('/settings'),
  refetchInterval: 15_000,
})

/** The schema of the settings. It is the same for as long as the server runs. */
export const schemaQuery = queryOptions({
  queryKey: ['/settings/schema'],
  queryFn: () => api.get<FormSchema>('/settings/schema'),
  staleTime: Number.POSITIVE_INFINITY,
})
