import { expect, test } from './fixtures';

test.use({ stageName: 'back-button' });

test("the browser's Back button asks before it leaves what is typed in a dialog", async ({ dashboard }) => {
  await dashboard.goto('/providers');
  await dashboard.getByRole('link', { name: 'Keys', exact: true }).first().click();
  await dashboard.waitForURL('**/keys');
  await dashboard.getByRole('button', { name: 'Add keys' }).first().click();
  const text = dashboard.getByRole('dialog').getByRole('textbox', { name: 'Keys', exact: true });
  await text.fill('sk-typed-0000000001');
  await text.press('End');
  const question = dashboard.getByRole('alertdialog');
  void dashboard.goBack().catch(() => undefined);
  await expect(question).toBeVisible();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(text).toHaveValue('sk-typed-0000000001');
  void dashboard.goBack().catch(() => undefined);
  await question.getByRole('button', { name: 'Discard' }).click();
  await dashboard.waitForURL('**/providers');
});
