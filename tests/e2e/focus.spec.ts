import type { Locator, Page } from '@playwright/test';
import { reply } from '../support/scripted-upstream';
import { expect, test, waitUntilLive } from './fixtures';
import type { Stage } from './stage';

test.use({ stageName: 'focus' });

const keyOf = (index: number) => `sk-focus-${String(index).padStart(16, '0')}`;
const rows = (page: Page, name: string) => page.getByRole('grid', { name }).locator('[role=row][data-row]');
const dialog = (page: Page) => page.getByRole('dialog');

async function addKeys(stage: Stage, ...indexes: number[]): Promise<void> {
  const text = indexes.map(keyOf).join('\n');
  await stage.admin('POST', '/keys/import', { provider: 'default', text });
}

/** The row of the grid as it is told apart, wherever it stands. */
async function rowOf(page: Page, grid: string, place: number): Promise<Locator> {
  const id = await rows(page, grid).nth(place).getAttribute('data-row');
  return page.getByRole('grid', { name: grid }).locator(`[data-row="${id}"]`);
}

test.beforeEach(async ({ stage }) => {
  stage.upstream.reset();
  await stage.admin('POST', '/keys/bulk', { action: 'delete', filter: {} });
});

test('the focus stays with its key when others come in above it, and Space selects that one', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3);
  await page.goto('/keys');
  await waitUntilLive(page);
  const row = await rowOf(page, 'Keys', 1);
  await row.focus();
  await addKeys(stage, 4, 5, 6);
  await expect(page.getByText('6 keys', { exact: true })).toBeVisible();
  await expect(row).toHaveAttribute('aria-rowindex', '6');
  await expect(row).toBeFocused();
  await page.keyboard.press(' ');
  await expect(row).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('1 selected')).toBeVisible();
});

test('a range that is selected begins at its key, though others have come in above it', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3, 4);
  await page.goto('/keys');
  await waitUntilLive(page);
  const row = await rowOf(page, 'Keys', 1);
  await row.focus();
  await page.keyboard.press(' ');
  await addKeys(stage, 5, 6);
  await expect(row).toHaveAttribute('aria-rowindex', '5');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ ');
  await expect(page.getByText('2 selected')).toBeVisible();
});

test('the focus follows a key to where traffic moves it, and Enter opens that one', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, ...Array.from({ length: 40 }, (_, index) => index));
  for (const sort of ['requestCount', 'lastUsedAt']) {
    await page.goto(`/keys?sort=${sort}&order=desc`);
    await waitUntilLive(page);
    const row = await rowOf(page, 'Keys', 2);
    const hint = (await row.getByText(/sk-fo/).first().textContent()) ?? '';
    await row.focus();
    const order = () => rows(page, 'Keys').evaluateAll((all) => all.map((one) => one.dataset.row).join());
    const before = await order();
    for (let i = 0; i < 25; i++) expect(await stage.chat()).toBe(200);
    await expect.poll(order).not.toBe(before);
    await expect(row).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('heading', { level: 2 }).first()).toContainText(hint);
    await page.keyboard.press('Escape');
    await expect(row).toBeFocused();
  }
});

test('the focus stays with its request while others pass, and Enter opens its story', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1);
  await stage.chat('model-before');
  await stage.chat('model-chosen');
  await page.goto('/logs');
  await waitUntilLive(page);
  const row = rows(page, 'Requests').filter({ hasText: 'model-chosen' });
  await row.focus();
  for (const model of ['model-1', 'model-2', 'model-3']) await stage.chat(model);
  await expect(rows(page, 'Requests').filter({ hasText: 'model-3' })).toBeVisible();
  await expect(row).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByText('model-chosen').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row).toBeFocused();
});

test('when the row with the focus is deleted elsewhere, its neighbour gets it, and no key press is taken for it', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3);
  await page.goto('/keys');
  await waitUntilLive(page);
  const [row, neighbour] = [await rowOf(page, 'Keys', 1), await rowOf(page, 'Keys', 2)];
  const id = await row.getAttribute('data-row');
  await row.getByRole('checkbox').focus();
  // Pressed by the page itself, in the moment in which the row goes.
  await page.evaluate((gone) => {
    new MutationObserver((_, observer) => {
      if (document.querySelector(`[data-row="${gone}"]`) !== null) return;
      observer.disconnect();
      for (const key of ['Enter', ' ']) {
        const press = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
        document.activeElement?.dispatchEvent(press);
      }
    }).observe(document.body, { childList: true, subtree: true });
  }, id);
  await stage.admin('DELETE', `/keys/${id}`);
  await expect(row).toHaveCount(0);
  await expect(neighbour).toBeFocused();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByText('2 keys', { exact: true })).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press(' ');
  await expect(page.getByText('1 selected')).toBeVisible();
});

test('a row that one scrolls away from keeps the focus', async ({ dashboard: page, stage }) => {
  await addKeys(stage, ...Array.from({ length: 300 }, (_, index) => index));
  await page.goto('/keys');
  const row = await rowOf(page, 'Keys', 1);
  await row.focus();
  await page.getByRole('grid', { name: 'Keys' }).hover();
  await page.mouse.wheel(0, 9_000);
  await expect(page.locator('[aria-rowindex="250"]')).toBeVisible();
  await expect(row).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(row).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[aria-rowindex="4"]')).toBeFocused();
});

for (const how of ['the keyboard', 'the mouse']) {
  test(`every dialog and drawer that is opened by ${how} gives the focus back to what has opened it`, async ({
    dashboard: page,
    stage,
  }) => {
    // Twelve pages.
    test.slow();
    await addKeys(stage, 1, 2, 3);
    await stage.chat();
    stage.upstream.fallbackReply = reply.error(503);
    for (const key of [1, 2, 3]) stage.upstream.forKey(keyOf(key), reply.error(503));
    await stage.chat();
    const named = (name: string) => page.getByRole('button', { name, exact: true }).first();
    for (const [path, opener] of [
      ['/keys', rows(page, 'Keys').nth(1)],
      ['/logs', rows(page, 'Requests').nth(1)],
      ['/logs?tab=errors', rows(page, 'Errors').nth(1)],
      ['/providers', named('Edit')],
      ['/providers', named('Models')],
      ['/providers', named('Connect')],
      ['/providers', named('Add provider')],
      ['/keys', named('Add keys')],
      ['/proxies', named('Add proxies')],
      ['/playground', named('Copy as code')],
      ['/settings?tab=tokens', named('New token')],
      ['/', named('Connect a client')],
    ] as const) {
      await page.goto(path);
      await waitUntilLive(page);
      if (how === 'the mouse') await opener.click();
      else await opener.press('Enter');
      await expect(dialog(page), path).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(dialog(page), path).toHaveCount(0);
      await expect(opener, path).toBeFocused();
    }
  });
}

test('a question gives the focus back when it is answered with no, also one that a menu has asked', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2);
  await stage.admin('POST', '/tokens', { name: 'Laptop' });
  const question = page.getByRole('alertdialog');
  const refuse = async (opener: Locator) => {
    await expect(question).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(question).toHaveCount(0);
    await expect(opener).toBeFocused();
  };
  await page.goto('/settings?tab=tokens');
  const revoke = page.getByRole('button', { name: 'Revoke Laptop' });
  await revoke.press('Enter');
  await refuse(revoke);
  await page.goto('/keys');
  const more = page.getByRole('button', { name: 'More', exact: true });
  await more.press('Enter');
  await page.getByRole('menuitem').first().press('Enter');
  await refuse(more);
  await rows(page, 'Keys').first().press('Enter');
  const remove = dialog(page).getByRole('button', { name: 'Delete' });
  await remove.press('Enter');
  await refuse(remove);
});

test('what was opened and is deleted leaves the focus at its neighbour', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3);
  await page.goto('/keys');
  const [row, neighbour] = [await rowOf(page, 'Keys', 1), await rowOf(page, 'Keys', 2)];
  await row.press('Enter');
  await dialog(page).getByRole('button', { name: 'Delete' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).press('Enter');
  await expect(row).toHaveCount(0);
  await expect(dialog(page)).toHaveCount(0);
  await expect(neighbour).toBeFocused();
});

test('a button that works keeps the focus, while it does and after', async ({ dashboard: page, stage }) => {
  await addKeys(stage, 1, 2);
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/admin/providers/*/test', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('/providers');
  const button = page.getByRole('button', { name: 'Test', exact: true }).first();
  await button.press('Enter');
  await expect(button).toHaveAttribute('aria-busy', 'true');
  await expect(button).toBeFocused();
  await expect(button).toBeDisabled();
  release();
  await expect(button).toBeEnabled();
  await expect(button).toBeFocused();
});

test('a bulk action that ends the selection leaves the focus in the list', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3);
  await page.goto('/keys');
  const row = await rowOf(page, 'Keys', 1);
  await row.press(' ');
  await page.getByRole('toolbar').getByRole('button', { name: 'Disable' }).press('Enter');
  await expect(page.getByRole('toolbar')).toHaveCount(0);
  await expect(row).toBeFocused();
});

test('a notice that goes leaves the focus where it is by then, and gives it back if it had it', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1, 2, 3);
  await page.goto('/keys');
  await waitUntilLive(page);
  const notices = page.locator('[data-sonner-toast]');
  const removeAndUndo = async () => {
    await rows(page, 'Keys').nth(1).getByRole('checkbox').click();
    await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(rows(page, 'Keys')).toHaveCount(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(rows(page, 'Keys')).toHaveCount(3);
    // A notice under the mouse stays.
    await page.mouse.move(600, 300);
  };
  await removeAndUndo();
  await expect(notices).toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Keys' }).locator(':focus')).toHaveCount(1);

  await removeAndUndo();
  const search = page.getByLabel('Search hint, note or key');
  await search.click();
  await expect(search).toBeFocused();
  await expect(notices).toHaveCount(0);
  await expect(search).toBeFocused();
});

test('the drawer of a story gives the focus to the row that was looked at last', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1);
  for (const model of ['looked-1', 'looked-2', 'looked-3']) await stage.chat(model);
  await page.goto('/logs');
  await rows(page, 'Requests').filter({ hasText: 'looked-3' }).press('Enter');
  await dialog(page).getByRole('button', { name: 'Older' }).press('Enter');
  await expect(dialog(page).getByText('looked-2').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rows(page, 'Requests').filter({ hasText: 'looked-2' })).toBeFocused();
});

test('the drawer that is closed in the middle of going on gives the focus to the row gone to', async ({
  dashboard: page,
  stage,
}) => {
  await addKeys(stage, 1);
  for (const model of ['hurried-1', 'hurried-2', 'hurried-3']) await stage.chat(model);
  await page.goto('/logs');
  await rows(page, 'Requests').filter({ hasText: 'hurried-3' }).press('Enter');
  const older = dialog(page).getByRole('button', { name: 'Older' });
  await expect(older).toBeEnabled();
  // Both keys within one turn of the page: faster than any hand.
  await older.evaluate((button: HTMLElement) => {
    button.click();
    button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  });
  await expect(rows(page, 'Requests').filter({ hasText: 'hurried-2' })).toBeFocused();
});

test('a tab that is not left after all keeps the focus in its list, and nothing is asked again', async ({
  dashboard: page,
}) => {
  await page.goto('/settings?find=MAX_RETRIES');
  await page.getByLabel('MAX_RETRIES', { exact: true }).fill('17');
  await page.getByRole('tab', { name: 'Jobs' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('tab', { name: 'Settings' })).toBeFocused();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
});
