import { MultiSelect, type MultiSelectProps } from '@mantine/core'
import type { Group, Page } from '@portolan/console/contract'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

/** The names of groups, for fields that choose one: at most 500. */
export function useGroupNames(): readonly string[] {
  const query = useQuery({
    queryKey: ['/groups', 'names'],
    queryFn: () => api.get<Page<Group>>('/groups', { limit: 500 }),
    staleTime: 30_000,
  })
  return [...new Set(query.data?.items.map(({ name }) => name))]
}

/** Chooses groups that there are. */
export function GroupSelect(props: MultiSelectProps) {
  const names = useGroupNames()
  const chosen = Array.isArray(props.value) ? props.value : []
  return (
    <MultiSelect
      label="Groups"
      searchable
      clearable
      hidePickedOptions
      placeholder={chosen.length === 0 ? 'none' : undefined}
      nothingFoundMessage="There is no such group"
      data={[...new Set([...names, ...chosen])]}
      {...props}
    />
  )
}
