import { expect, test, waitUntilLive } from './fixtures';

test.use({ stageName: 'icons' });

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly icons: readonly { src: string; sizes: string; type: string; purpose?: string }[];
}

test('icons and the manifest are there before anybody has signed in', async ({ request }) => {
  for (const [path, type] of [
    ['/icon.svg', 'image/svg+xml'],
    ['/favicon.ico', 'image/x-icon'],
    ['/apple-icon.png', 'image/png'],
  ] as const) {
    const answer = await request.get(path);
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()['content-type'], path).toContain(type);
  }
  const manifest = (await (await request.get('/manifest.webmanifest')).json()) as Manifest;
  expect(manifest).toMatchObject({ name: 'OpenAI Balance', start_url: '/' });
  for (const size of ['192x192', '512x512']) {
    const purposes = manifest.icons.filter((icon) => icon.sizes === size).map(({ purpose }) => purpose);
    expect(purposes.sort()).toEqual(['any', 'maskable']);
  }
  for (const { src, type } of manifest.icons) {
    const answer = await request.get(src);
    expect(answer.status(), src).toBe(200);
    expect(answer.headers()['content-type'], src).toContain(type);
  }
});

test('the page names its icons and its manifest', async ({ page }) => {
  await page.goto('/login');
  for (const rel of ['icon', 'apple-touch-icon', 'manifest']) {
    const link = page.locator(`link[rel="${rel}"]`).first();
    const href = (await link.getAttribute('href')) ?? '';
    expect((await page.request.get(href)).status(), rel).toBe(200);
  }
});

test('on paper a page is light, and without what one presses', async ({ dashboard }) => {
  await dashboard.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await dashboard.goto('/settings?tab=jobs');
  await expect(dashboard.getByRole('group', { name: 'Instances' }).getByRole('table')).toBeVisible();
  await expect(dashboard.locator('nav:visible, aside:visible, button:visible')).toHaveCount(0);
  const paper = await dashboard.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d');
    if (canvas === null) return [];
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  });
  expect(paper).toEqual([255, 255, 255, 255]);
});

test('every time says in which zone it is', async ({ dashboard, stage }) => {
  await stage.admin('POST', '/keys/import', { provider: 'default', text: 'sk-zone-0000001' });
  await stage.chat('model-zone');
  await dashboard.goto('/logs');
  await waitUntilLive(dashboard);
  await expect(dashboard.locator('header').getByText('UTC', { exact: true })).toBeVisible();
  const titles = await dashboard
    .locator('time')
    .evaluateAll((times) => times.map((time) => (time as HTMLElement).title));
  expect(titles.length).toBeGreaterThan(0);
  for (const title of titles) expect(title).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
});
