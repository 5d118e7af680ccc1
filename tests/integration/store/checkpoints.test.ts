import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Checkpoints } from '../../../lib/store/database/sqlite/sqlite-checkpoints';
import { openSqliteFile } from '../../../lib/store/database/sqlite/sqlite-database';
import { tempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';
import { open } from './backends';
import { requestRow } from './rows';

async function openFresh() {
  const folder = await tempDir('store');
  const file = `${folder.path}/db`;
  const store = await open({ type: 'sqlite', file });
  return { folder, file, store };
}

it('moves what was written into the database file while it stays open, on a thread of its own', async () => {
  const { folder, file, store } = await openFresh();
  const sizeBefore = statSync(file).size;
  await store.requestLogs.insertMany(Array.from({ length: 2_000 }, (_, n) => requestRow(n)));
  // Far less than what SQLite itself would make a checkpoint for.
  await waitFor(() => statSync(file).size > sizeBefore + 200_000, { what: 'the checkpoint' });
  await store.close();
  await folder.remove();
});

it('lets go of the file on close, so that nobody else has to wait for it', async () => {
  const { folder, file, store } = await openFresh();
  await store.requestLogs.insertMany([requestRow(1)]);
  await store.close();
  const other = openSqliteFile(file);
  expect(other.pragma('journal_mode = DELETE', { simple: true })).toBe('delete');
  other.close();
  await folder.remove();
});

it('keeps its thread for as long as something is written, and has a new one for what comes later', async () => {
  const { folder, file, store } = await openFresh();
  const checkpoints = new Checkpoints(file, 20);
  await waitFor(() => checkpoints.isRunning, { what: 'the thread' });
  await waitFor(() => !checkpoints.isRunning, { what: 'the end of the thread' });
  checkpoints.written();
  await waitFor(() => checkpoints.isRunning, { what: 'another thread' });
  await checkpoints.close();
  expect(checkpoints.isRunning).toBe(false);
  await store.close();
  await folder.remove();
});
