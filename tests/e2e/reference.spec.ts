import { expect, signIn, test, watch } from './fixtures';
import { ADMIN_TOKEN } from './stage';

test.use({ stageName: 'reference' });

test('the reference of the admin API names every operation, asks no other host, and a call can be tried', async ({
  page,
  stage,
}) => {
  const hosts = new Set<string>();
  const wrong = watch(page);
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const described = await stage.admin<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const operations = Object.values(described.paths).flatMap((path) => Object.keys(path));

  await signIn(page);
  await page.goto('/settings');
  await page.getByRole('link', { name: 'Reference of the admin API' }).click();
  await expect(page.locator('.opblock')).toHaveCount(operations.length);
  await page.getByText('All providers, in their order').click();
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await expect(page.locator('.live-responses-table').getByText('200', { exact: true }).first()).toBeVisible();
  expect([...hosts]).toEqual([new URL(page.url()).host]);
  expect(wrong).toEqual([]);
});

test('the reference is for those who may use the API: by session, or by the admin token', async ({
  request,
}) => {
  const anonymous = await request.get('/api/admin/docs', { maxRedirects: 0 });
  expect(anonymous.status()).toBe(307);
  expect(anonymous.headers().location).toBe('/login?next=%2Fapi%2Fadmin%2Fdocs');
  const byToken = await request.get('/api/admin/docs', {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  expect(byToken.status()).toBe(200);
});
