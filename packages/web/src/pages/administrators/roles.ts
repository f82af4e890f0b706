import type { Role } from '@portolan/console/contract'

/** The roles, from the most to the least, with what they may do. */
export const ROLES: Readonly<Record<Role, { readonly label: string; readonly text: string }>> = {
  administrator: {
    label: 'Administrator',
    text: 'May do everything: settings, certificates, administrators and tokens, too.',
  },
  operator: {
    label: 'Operator',
    text: 'Runs the server: users, groups, sessions, bans, runs of transfers. Sees settings, sites and certificates and does not change them.',
  },
  'read-only': {
    label: 'Read only',
    text: 'Sees everything but administrators and tokens, and changes nothing.',
  },
}
