import { expect, signIn, test, waitUntilLive } from './fixtures';
import { freePort } from '../support/free-port';
import { startServer } from '../support/server';
import { tempDir } from '../support/temp-dir';
import { ADMIN_TOKEN } from './stage';

test.use({ stageName: 'live' });

test('a page survives a restart of the server: it says that it is stale, and comes back by itself', async ({
  page,
}) => {
  const data = await tempDir('live');
  const port = String(await freePort());
  const start = () =>
    startServer({
      dataDir: data.path,
      env: { PORT: port, AUTH_TOKEN: ADMIN_TOKEN, API_KEYS: 'sk-live-0000001' },
    });
  let server = await start();
  try {
    await page.goto(`${server.url}/login`);
    await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await waitUntilLive(page);
    await page.getByRole('link', { name: 'Keys', exact: true }).first().click();
    // The overview speaks of one key too: the page is there when its table is.
    const keys = page.getByRole('grid', { name: 'Keys' });
    await expect(keys).toHaveAttribute('aria-rowcount', '2');
    await server.stop();
    await expect(page.locator('[data-live="stale"]')).toBeVisible();
    server = await start();
    await waitUntilLive(page);
    await expect(keys).toHaveAttribute('aria-rowcount', '2');
  } finally {
    await server.stop();
    await data.remove();
  }
});

test('figures of the overview follow the traffic without a reload', async ({ page, stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-live-0000001' });
  await signIn(page);
  await waitUntilLive(page);
  await expect(page.getByText('Keys by state')).toBeVisible();
  await stage.chat('model-live');
  await expect(page.getByRole('link', { name: /^model-live 1 request 1 attempt/ })).toBeVisible({
    timeout: 40_000,
  });
});
