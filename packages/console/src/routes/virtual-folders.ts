import { z } from 'zod'
import { group, ownedFolder, pageOf, pageQuery, user, virtualFolder } from '../contract/index.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { auditOfGroup } from '../resources/groups/group-view.ts'
import { GroupsService } from '../resources/groups/groups-service.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { auditOf } from '../resources/users/user-view.ts'
import { UsersService } from '../resources/users/users-service.ts'
import { FolderIndex, type FolderWrite, withFolder, withoutFolder } from '../resources/virtual-folders.ts'

const byName = z.object({ name: z.string().max(256) })
const body = virtualFolder.partial({ readOnly: true }).strict()
const byPath = z.object({ path: z.string().min(1).max(8192) })

type Changer = Pick<Ask<unknown, unknown, unknown>, 'principal' | 'audit'>

/** Virtual folders: of everybody, and one by one by their path. */
export const virtualFoldersRoutes = (services: Services): Route[] => {
  const index = FolderIndex.of(services)
  const users = new UsersService(services)
  const groups = new GroupsService(services)

  const changeUser = async (
    ask: Changer,
    name: string,
    change: (folders: readonly FolderWrite[]) => FolderWrite[],
  ) => {
    const { folders, revision } = await users.get(name)
    const next = change(folders).map(folder => ({ ...folder }))
    const { before, after } = await users.change(name, { folders: next, revision }, actorOf(ask))
    ask.audit({ action: 'user.change', target: name, before: auditOf(before), after: auditOf(after) })
    return after
  }
  const changeGroup = async (
    ask: Changer,
    name: string,
    change: (folders: readonly FolderWrite[]) => FolderWrite[],
  ) => {
    const now = await groups.get(name)
    const next = change(now.folders).map(folder => ({ ...folder }))
    const { before, after } = await groups.replace(name, { ...now, folders: next }, actorOf(ask))
    ask.audit({
      action: 'group.change',
      target: name,
      before: auditOfGroup(before),
      after: auditOfGroup(after),
    })
    return groups.counted(after)
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/virtual-folders',
      access: 'users:read',
      summary: 'Virtual folders of all users and groups, by page',
      tag: 'virtual folders',
      query: pageQuery(['path', 'folder', 'name', 'owner']).extend({
        owner: z.enum(['user', 'group']).optional(),
      }),
      response: pageOf(ownedFolder),
      async handle({ query }) {
        const all = await index.all()
        const wanted = query.owner === undefined ? all : all.filter(one => one.owner === query.owner)
        const page = pageInMemory(wanted, query, {
          sortBy: (one, sort) => one[sort],
          texts: one => [one.path, one.folder, one.name],
        })
        return { items: [...page.items], total: page.total }
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/users/:name/virtual-folders',
      access: 'users:write',
      summary: 'Set the virtual folder of a path of a user',
      tag: 'virtual folders',
      params: byName,
      body,
      response: user,
      handle: ask => changeUser(ask, ask.params.name, folders => withFolder(folders, ask.body)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/users/:name/virtual-folders',
      access: 'users:write',
      summary: 'Take the virtual folder of a path from a user; the files stay',
      tag: 'virtual folders',
      params: byName,
      query: byPath,
      response: user,
      handle: ask => changeUser(ask, ask.params.name, folders => withoutFolder(folders, ask.query.path)),
    }),
    defineRoute({
      method: 'PUT',
      path: '/groups/:name/virtual-folders',
      access: 'users:write',
      summary: 'Set the virtual folder of a path of a group',
      tag: 'virtual folders',
      params: byName,
      body,
      response: group,
      handle: ask => changeGroup(ask, ask.params.name, folders => withFolder(folders, ask.body)),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/groups/:name/virtual-folders',
      access: 'users:write',
      summary: 'Take the virtual folder of a path from a group; the files stay',
      tag: 'virtual folders',
      params: byName,
      query: byPath,
      response: group,
      handle: ask => changeGroup(ask, ask.params.name, folders => withoutFolder(folders, ask.query.path)),
    }),
  ]
}
