import type { Scope } from '@portolan/console/contract'
import {
  IconAdjustmentsHorizontal,
  IconAlertTriangle,
  IconAnchor,
  IconArrowsExchange,
  IconBan,
  IconCertificate,
  IconCompass,
  IconGauge,
  IconHistory,
  IconKey,
  IconListSearch,
  IconPlugConnected,
  IconShieldCog,
  IconStethoscope,
  IconTags,
  IconUser,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'

/** The parts of the navigation, from top to bottom. */
export const GROUPS = ['Operate', 'Configure', 'People', 'Administration'] as const
type Group = (typeof GROUPS)[number]

/** A page of the console. */
export interface Page {
  readonly path: `/${string}`
  /** The title in the navigation and of the window. */
  readonly title: string
  /** Where it stands in the navigation; absent: it is reached from another page. */
  readonly group?: Group
  readonly icon: ComponentType<{ size?: number | string; stroke?: number | string }>
  /**
   * Who may see it: a scope of an administrator, `administrator` for any of them, `user` for an FTP user, or
   * `anybody`.
   */
  readonly scope: Scope | 'administrator' | 'user' | 'anybody'
  /** More words by which the quick navigation finds it. */
  readonly words?: string
  readonly load: () => Promise<{ default: ComponentType }>
}

export const PAGES: readonly Page[] = [
  {
    path: '/overview',
    title: 'Overview',
    group: 'Operate',
    icon: IconGauge,
    scope: 'administrator',
    words: 'home dashboard status health',
    load: () => import('../pages/overview/overview-page.tsx'),
  },
  {
    path: '/sessions',
    title: 'Sessions',
    group: 'Operate',
    icon: IconPlugConnected,
    scope: 'sessions:read',
    words: 'live kick connections clients',
    load: () => import('../pages/sessions/sessions-page.tsx'),
  },
  {
    path: '/sessions/$id',
    title: 'Session',
    icon: IconPlugConnected,
    scope: 'sessions:read',
    load: () => import('../pages/sessions/session-page.tsx'),
  },
  {
    path: '/ports',
    title: 'Ports',
    group: 'Operate',
    icon: IconAnchor,
    scope: 'sessions:read',
    words: 'passive active range pool',
    load: () => import('../pages/ports/ports-page.tsx'),
  },
  {
    path: '/diagnosis',
    title: 'Diagnosis',
    group: 'Operate',
    icon: IconStethoscope,
    scope: 'logs:read',
    words: 'doctor failures causes advice',
    load: () => import('../pages/diagnosis/diagnosis-page.tsx'),
  },
  {
    path: '/transfers',
    title: 'Transfers',
    group: 'Operate',
    icon: IconArrowsExchange,
    scope: 'logs:read',
    words: 'log upload download history',
    load: () => import('../pages/transfers/transfers-page.tsx'),
  },
  {
    path: '/incidents',
    title: 'Incidents',
    group: 'Operate',
    icon: IconAlertTriangle,
    scope: 'logs:read',
    words: 'failures refused errors log logins',
    load: () => import('../pages/incidents/incidents-page.tsx'),
  },
  {
    path: '/ftp-settings',
    title: 'FTP Settings',
    group: 'Configure',
    icon: IconAdjustmentsHorizontal,
    scope: 'settings:read',
    words: 'active mode passive mode base port number of ports address rules listeners tls limits',
    load: () => import('../pages/ftp-settings/ftp-settings-page.tsx'),
  },
  {
    path: '/user-classes',
    title: 'User classes',
    group: 'Configure',
    icon: IconTags,
    scope: 'settings:read',
    words: 'class try address',
    load: () => import('../pages/user-classes/user-classes-page.tsx'),
  },
  {
    path: '/certificates',
    title: 'Certificates',
    group: 'Configure',
    icon: IconCertificate,
    scope: 'certificates:read',
    words: 'tls pem key self-signed',
    load: () => import('../pages/certificates/certificates-page.tsx'),
  },
  {
    path: '/settings-history',
    title: 'Settings history',
    group: 'Configure',
    icon: IconHistory,
    scope: 'settings:read',
    words: 'versions revert difference',
    load: () => import('../pages/settings-history/settings-history-page.tsx'),
  },
  {
    path: '/users',
    title: 'Users',
    group: 'People',
    icon: IconUsers,
    scope: 'users:read',
    words: 'accounts logins password',
    load: () => import('../pages/users/users-page.tsx'),
  },
  {
    path: '/users/$name',
    title: 'User',
    icon: IconUsers,
    scope: 'users:read',
    load: () => import('../pages/users/user-page.tsx'),
  },
  {
    path: '/groups',
    title: 'Groups',
    group: 'People',
    icon: IconUsersGroup,
    scope: 'users:read',
    words: 'members permissions folders',
    load: () => import('../pages/groups/groups-page.tsx'),
  },
  {
    path: '/bans',
    title: 'Bans',
    group: 'People',
    icon: IconBan,
    scope: 'bans:read',
    words: 'block allow list addresses',
    load: () => import('../pages/bans/bans-page.tsx'),
  },
  {
    path: '/administrators',
    title: 'Administrators',
    group: 'Administration',
    icon: IconShieldCog,
    scope: 'administrators:write',
    words: 'roles operators',
    load: () => import('../pages/administrators/administrators-page.tsx'),
  },
  {
    path: '/tokens',
    title: 'Tokens',
    group: 'Administration',
    icon: IconKey,
    scope: 'tokens:write',
    words: 'api scopes automation',
    load: () => import('../pages/tokens/tokens-page.tsx'),
  },
  {
    path: '/audit',
    title: 'Audit',
    group: 'Administration',
    icon: IconListSearch,
    scope: 'audit:read',
    words: 'who changed what log',
    load: () => import('../pages/audit/audit-page.tsx'),
  },
  {
    path: '/account',
    title: 'My account',
    icon: IconUser,
    scope: 'administrator',
    words: 'password second factor totp recovery',
    load: () => import('../pages/account/account-page.tsx'),
  },
  {
    path: '/files',
    title: 'Files',
    icon: IconCompass,
    scope: 'user',
    load: () => import('../pages/files/files-page.tsx'),
  },
  {
    path: '/sign-in',
    title: 'Sign in',
    icon: IconCompass,
    scope: 'anybody',
    load: () => import('../pages/sign-in/sign-in-page.tsx'),
  },
  {
    path: '/setup',
    title: 'Set up',
    icon: IconCompass,
    scope: 'anybody',
    load: () => import('../pages/setup/setup-page.tsx'),
  },
]
