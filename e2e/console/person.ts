import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { ADMIN, type ServedConsole } from '../support/console.ts'

/** The password of users that {@link addUser} makes. */
export const PASSWORD = 'as the crow flies'

/** Makes the administrator by the set-up link. */
export async function setUpInBrowser(page: Page, { setupUrl }: ServedConsole): Promise<void> {
  assert.ok(setupUrl !== undefined)
  await page.goto(setupUrl)
  await page.getByRole('textbox', { name: 'Name' }).fill(ADMIN.name)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByLabel('Once more').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Make the administrator' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  assert.ok(!page.url().includes('#'), 'the token is still in the address bar')
}

/** Goes to a page by the navigation, as a person does. */
export async function go(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click()
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
}

/** Makes a user with {@link PASSWORD}. */
export async function addUser(page: Page, name: string): Promise<void> {
  await go(page, 'Users')
  await page.getByRole('button', { name: 'Add a user' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add a user' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Add the user' }).click()
  await page.locator('main').getByText(name).first().waitFor()
}
