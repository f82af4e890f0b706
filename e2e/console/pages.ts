import type { ApiClient } from '../support/console.ts'

/** Every page of an administrator, and how one knows that it has what it is for. */
export const PAGES: readonly { readonly path: string; readonly shows: RegExp }[] = [
  { path: '/overview', shows: /Sessions/ },
  { path: '/sessions', shows: /acme-billing/ },
  { path: '/ports', shows: /Passive/ },
  { path: '/diagnosis', shows: /invoices\.zip|acme-billing|passive port/i },
  { path: '/transfers', shows: /march\.csv/ },
  { path: '/incidents', shows: /192\.0\.2\.99/ },
  { path: '/runs', shows: /reports-to-globex/ },
  { path: '/coming', shows: /invoices-from-acme/ },
  { path: '/site-transfers', shows: /from Monday to Friday/ },
  { path: '/site-transfers/orders-to-acme', shows: /orders-42-\d{4}-\d\d-\d\d\.csv/ },
  { path: '/site-transfers/reports-to-acme', shows: /06:30/ },
  { path: '/sites', shows: /globex/ },
  { path: '/sites/acme', shows: /Test connection/ },
  { path: '/sites/globex', shows: /The partner dials the active ports/ },
  { path: '/zones', shows: /proxy\.example\.com/ },
  { path: '/access', shows: /Nothing stands in the way/ },
  { path: '/access/segments', shows: /ftp\.archive\.corp\.example/ },
  { path: '/access/groups', shows: /Stock and orders|warehouse/ },
  { path: '/access/forwarding', shows: /Only what is allowed/ },
  { path: '/access/policy', shows: /Staff in the hours of the office/ },
  { path: '/access/members', shows: /edge-1/ },
  { path: '/access/keys', shows: /edges-2026/ },
  { path: '/access/streams', shows: /warehouse/ },
  { path: '/access/log', shows: /SRV_REFUSED/ },
  { path: '/access/people', shows: /in force/ },
  { path: '/access/publications', shows: /62000–62499/ },
  { path: '/ftp-settings', shows: /Passive Mode Address Rules/ },
  { path: '/user-classes', shows: /Try it/i },
  { path: '/certificates', shows: /harbour/ },
  { path: '/settings-history', shows: /Tell partners the public address/ },
  { path: '/users', shows: /northwind/ },
  { path: '/users/acme-billing', shows: /acme-billing/ },
  { path: '/groups', shows: /partners/ },
  { path: '/bans', shows: /192\.0\.2\.66/ },
  { path: '/administrators', shows: /olga/ },
  { path: '/tokens', shows: /prometheus/ },
  { path: '/audit', shows: /user\.create/ },
  { path: '/account', shows: /password/i },
]

/** The pages of a run that succeeded and of one that failed. */
export async function runPages(api: ApiClient): Promise<readonly (typeof PAGES)[number][]> {
  const { items } = await api.must<{ items: { id: string; transfer: string }[] }>('GET', '/runs')
  const pathOf = (transfer: string) => `/runs/${items.find(run => run.transfer === transfer)?.id ?? ''}`
  return [
    { path: pathOf('reports-to-acme'), shows: /passive \(EPSV\)/ },
    { path: pathOf('reports-to-globex'), shows: /Test the connection of the site/ },
  ]
}

/** The page of the FTP session through the access path that is open. */
export async function accessPages(api: ApiClient): Promise<readonly (typeof PAGES)[number][]> {
  const { items } = await api.must<{ items: { SessionID: string }[] }>('GET', '/access/streams/live')
  return [{ path: `/access/sessions/${items[0]?.SessionID ?? ''}`, shows: /What happened/ }]
}

export const LOOKS = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
] as const
