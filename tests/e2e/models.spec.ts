import { reply } from '../support/scripted-upstream';
import { expect, test } from './fixtures';

test.use({ stageName: 'models' });

interface Routes {
  readonly source: string;
  readonly items: readonly {
    readonly name: string;
    readonly targets: readonly { readonly state: string }[];
  }[];
}

test('a route is made, changed, moved and deleted, and counts at once', async ({
  dashboard: page,
  stage,
}) => {
  await stage.admin('POST', '/providers', { name: 'Groq', slug: 'groq', baseUrl: stage.upstream.baseUrl });
  await stage.admin('POST', '/keys/import', { provider: 'groq', text: 'gsk-one-000000000000001' });
  await page.goto('/models');
  await expect(page.getByText('No routes yet')).toBeVisible();

  await page.getByRole('button', { name: 'Add a route' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('fast');
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
  await form.getByRole('button', { name: 'Add a target' }).click();
  await form.getByRole('combobox', { name: 'Provider of target 1' }).click();
  await page.getByRole('option', { name: 'groq' }).click();
  await form.getByLabel('Model of target 1').fill('llama-there');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const fast = page.getByRole('listitem', { name: 'fast' });
  await expect(fast).toContainText('llama-there');
  await expect(fast).toContainText('Ready');

  stage.upstream.forKey('gsk-one-000000000000001', reply.healthy);
  expect(await stage.chat('fast')).toBe(200);
  const asked = stage.upstream
    .requestsOf('gsk-one-000000000000001')
    .find(({ url }) => url.endsWith('/chat/completions'));
  expect(JSON.parse(String(asked?.body))).toMatchObject({ model: 'llama-there' });

  await page.getByRole('button', { name: 'Add a route' }).click();
  await form.getByLabel('Name', { exact: true }).fill('fast');
  await form.getByRole('button', { name: 'Add a target' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText('is the name of entry 0 already');
  await form.getByLabel('Name', { exact: true }).fill('second');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();

  await page.getByRole('button', { name: 'Move second up' }).click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['second', 'fast']);
  await page.getByRole('button', { name: 'Edit fast' }).click();
  await expect(form.getByLabel('Model of target 1')).toHaveValue('llama-there');
  await form.getByRole('checkbox', { name: 'The request is too long for it' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(fast).toContainText('also when too long');

  await page.getByRole('button', { name: 'Delete second' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).last().click();
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['fast']);
  const { items, source } = await stage.admin<Routes>('GET', '/routes');
  expect([items.map(({ name }) => name), source]).toEqual([['fast'], 'dashboard']);
});

test('a target that cannot serve says why', async ({ dashboard: page, stage }) => {
  await stage.admin('POST', '/routes', { routes: [{ name: 'odd', targets: [{ provider: 'nobody' }] }] });
  await page.goto('/models');
  await expect(page.getByRole('listitem', { name: 'odd' })).toContainText('No such provider');
});
