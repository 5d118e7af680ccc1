// Run by the tests in a process of its own: opens the store named by the first argument and writes as many request rows
// as the second says, saying `written <count>` after each batch that the store has acknowledged.
import type { DatabaseOptions } from '../../../lib/store/database/database';
import { open } from './backends';
import { requestRow } from './rows';

const database = JSON.parse(process.argv[2] ?? '') as DatabaseOptions;
const rows = Number(process.argv[3]);

const store = await open(database);
for (let written = 0; written < rows;) {
  const batch = Array.from({ length: Math.min(200, rows - written) }, (_, i) =>
    requestRow(process.pid * 10_000_000 + written + i),
  );
  await store.requestLogs.insertMany(batch);
  written += batch.length;
  console.log(`written ${written}`);
}
await store.close();
