import type { Page } from '@playwright/test';
import { expect, test, waitUntilLive } from './fixtures';
import type { Stage } from './stage';

test.use({ stageName: 'deleted-elsewhere' });

interface Items {
  readonly items: readonly { readonly id: string; readonly slug?: string }[];
}

const firstOf = async ({ admin }: Stage, path: string) =>
  (await admin<Items>('GET', path)).items[0]?.id ?? '';

/** How often the page has asked for the thing since the call, and got no answer. */
function missesOf(page: Page, id: string): () => number {
  let count = 0;
  page.on('response', (response) => {
    if (response.url().includes(id) && response.status() === 404) count += 1;
  });
  return () => count;
}

/** So many more answers for the whole list show that the page has had time to ask for the thing too. */
async function afterMoreTraffic(page: Page, stage: Stage, list: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const answer = page.waitForResponse(
      (response) => new URL(response.url()).pathname === `/api/admin${list}`,
    );
    await stage.admin('PATCH', '/settings', { values: { MAX_FAILURES: 5 + round } });
    await answer;
  }
}

for (const { what, page: path, list, make } of [
  {
    what: 'key',
    page: '/keys?key=',
    list: '/keys',
    make: async (stage: Stage) => {
      await stage.admin('POST', '/keys/import', {
        provider: 'default',
        text: 'sk-gone-0000000001 sk-stays-000000002',
      });
      return firstOf(stage, '/keys');
    },
  },
  {
    what: 'proxy',
    page: '/proxies?proxy=',
    list: '/proxies',
    make: async (stage: Stage) => {
      await stage.admin('POST', '/proxies', { text: 'http://127.0.0.1:9 http://127.0.0.1:1' });
      return firstOf(stage, '/proxies');
    },
  },
]) {
  test(`a ${what} that is deleted elsewhere while it is open is said to be gone, and the page stays live`, async ({
    dashboard,
    stage,
  }) => {
    const id = await make(stage);
    await dashboard.goto(path + id);
    await waitUntilLive(dashboard);
    const drawer = dashboard.getByRole('dialog');
    await expect(drawer.getByRole('button', { name: 'Delete' })).toBeVisible();
    const misses = missesOf(dashboard, id);
    await stage.admin('DELETE', `${list}/${id}`);
    await expect(drawer.getByText(`This ${what} is gone`)).toBeVisible();
    await expect(drawer.getByText('Active', { exact: true })).toHaveCount(0);
    const before = misses();
    await afterMoreTraffic(dashboard, stage, list);
    expect(misses()).toBe(before);
    await expect(dashboard.locator('[data-live="live"]')).toBeVisible();
    await drawer.getByRole('button', { name: 'Close' }).last().click();
    await expect(drawer).toHaveCount(0);
  });
}

test('a key that is deleted in its drawer is not asked for again', async ({ dashboard, stage }) => {
  const note = 'to be deleted';
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-gone-0000000003', note });
  const id = await firstOf(stage, '/keys?search=deleted');
  const misses = missesOf(dashboard, id);
  // The news of the deletion is there before its answer is.
  await dashboard.route(`**/api/admin/keys/${id}`, async (route) => {
    if (route.request().method() !== 'DELETE') return route.continue();
    const response = await route.fetch();
    await afterMoreTraffic(dashboard, stage, '/keys');
    return route.fulfill({ response });
  });
  await dashboard.goto(`/keys?key=${id}`);
  await waitUntilLive(dashboard);
  await dashboard.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await dashboard.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(dashboard.getByRole('dialog')).toHaveCount(0);
  await afterMoreTraffic(dashboard, stage, '/keys');
  expect(misses()).toBe(0);
});

test('a link to what is gone says so', async ({ dashboard }) => {
  for (const [link, text] of [
    ['/keys?key=nobody', 'This key is gone'],
    ['/proxies?proxy=nobody', 'This proxy is gone'],
    ['/logs?log=nobody', 'This row is gone'],
  ] as const) {
    await dashboard.goto(link);
    await expect(dashboard.getByRole('dialog').getByText(text)).toBeVisible();
  }
});

test('what is typed for a provider stays when it is deleted elsewhere, and without it the dialog says so', async ({
  dashboard,
  stage,
}) => {
  for (const isTyped of [true, false]) {
    const { id } = await stage.admin<{ id: string }>('POST', '/providers', {
      name: 'Groq',
      baseUrl: stage.upstream.baseUrl,
    });
    await dashboard.goto(`/providers?open=edit&provider=${id}`);
    await waitUntilLive(dashboard);
    const dialog = dashboard.getByRole('dialog');
    const name = dialog.getByLabel('Name', { exact: true });
    await expect(name).toHaveValue('Groq');
    if (isTyped) await name.fill('Renamed by me');
    await stage.admin('DELETE', `/providers/${id}`);
    await expect(dialog.getByText('This provider is gone')).toBeVisible();
    if (isTyped) {
      await expect(name).toHaveValue('Renamed by me');
      await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    } else await expect(name).toHaveCount(0);
  }
});

test('a change before the first event of the live stream is seen as soon as the stream is up', async ({
  dashboard,
  stage,
}) => {
  let open = () => undefined as void;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  await dashboard.route('**/api/admin/live', async (route) => {
    await isOpen;
    await route.continue();
  });
  await dashboard.goto('/providers');
  await expect(dashboard.getByRole('listitem').filter({ hasText: 'Default' }).first()).toBeVisible();
  await stage.admin('POST', '/providers', { name: 'Brandnew', baseUrl: stage.upstream.baseUrl });
  open();
  await expect(dashboard.getByText('Brandnew').first()).toBeVisible({ timeout: 15_000 });
});
