import Database from 'better-sqlite3';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { logIdTime } from '../../lib/store/logs/log-id';
import { reply } from '../support/scripted-upstream';
import { tempDir } from '../support/temp-dir';
import { startStage, type Stage } from './stage';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Rows of each minute behind ten o'clock, as often as is said. */
const SUCCEEDED = { 5: 3, 30: 2, 90: 40 };
const FAILED = { 6: 2, 90: 4 };

/** Ten o'clock of yesterday, UTC. */
export const tenOClock = () => Math.floor(Date.now() / DAY) * DAY - DAY + 600 * MINUTE;

/** A gateway whose log has had rows since yesterday: five good ones and two failures between ten and eleven. */
export async function startLoggedStage(): Promise<Stage> {
  const data = await tempDir('logged');
  const first = await startStage({}, { dataDir: data.path });
  await first.admin('POST', '/keys/import', { provider: 'default', text: 'sk-logged-000000001' });
  await first.chat('model-good');
  first.upstream.fallbackReply = reply.error(500, { message: 'It broke' });
  await first.chat('model-bad');
  first.upstream.reset();
  await first.server.stop();
  await spread(data.path);
  const stage = await startStage({}, { dataDir: data.path, upstream: first.upstream });
  return {
    ...stage,
    async stop() {
      await stage.stop();
      await data.remove();
    },
  };
}

/** Writes the two requests again, at other times, and takes away what was written of them before. */
async function spread(folder: string): Promise<void> {
  const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.sqlite'));
  const database = new Database(join(folder, name), { fileMustExist: true });
  const columns = database
    .prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('RequestLog')`)
    .all()
    .map((column) => column.name)
    .filter((column) => column !== 'id' && column !== 'at');
  const list = columns.map((column) => `"${column}"`).join(', ');
  const insert = database.prepare(
    `INSERT INTO "RequestLog" (id, at, ${list}) SELECT ?, ?, ${list} FROM "RequestLog" WHERE model = ? LIMIT 1`,
  );
  const written = database.prepare<[], { id: string }>('SELECT id FROM "RequestLog"').all();
  let number = 0;
  const add = (model: string, minute: string, count: number) => {
    for (let nth = 0; nth < count; nth += 1) {
      const at = tenOClock() + Number(minute) * MINUTE + nth * 100;
      insert.run(`${logIdTime(at)}${String((number += 1)).padStart(11, '0')}`, at, model);
    }
  };
  for (const [minute, count] of Object.entries(SUCCEEDED)) add('model-good', minute, count);
  for (const [minute, count] of Object.entries(FAILED)) add('model-bad', minute, count);
  for (const { id } of written) database.prepare('DELETE FROM "RequestLog" WHERE id = ?').run(id);
  database.exec('DELETE FROM "ErrorLog"');
  database.close();
}
