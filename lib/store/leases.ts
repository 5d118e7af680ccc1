import { bytesColumn, numberColumn } from './database/columns';
import type { Database } from './database/database';

/** Who of all that share the database may do something for a while. By the database's own time: clocks may differ. */
export interface Leases {
  /** Takes or prolongs it for `ms`. False while another holder's time lasts. */
  take(name: string, holder: string, ms: number): Promise<boolean>;
  /** Gives it up before its time. Nothing happens if it is another's. */
  release(name: string, holder: string): Promise<void>;
}

interface Held {
  readonly holder: string;
  /** Milliseconds since the epoch, as the database has it. */
  readonly until: number;
}

const PREFIX = 'lease:';
const NOBODYS = valueOf({ holder: '', until: 0 });

export function createLeases(database: Database): Leases {
  const { dialect } = database;
  const { lockRows, nowMs } = dialect;
  const find = `SELECT value, ${nowMs} AS nowMs FROM StoreMeta WHERE name = ? ${lockRows}`;
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${dialect.ignoreDuplicate('name')}`;
  const update = 'UPDATE StoreMeta SET value = ? WHERE name = ?';

  return {
    async take(name, holder, ms) {
      const row = PREFIX + name;
      return database.transaction(async (session) => {
        // Somebody else may be quicker: whoever comes second waits here until the first has taken it.
        if ((await session.query(find, [row])).length === 0) await session.execute(insert, [row, NOBODYS]);
        const [found = {}] = await session.query(find, [row]);
        const held = JSON.parse(bytesColumn(found, 'value').toString()) as Held;
        const now = numberColumn(found, 'nowMs');
        if (held.holder !== holder && held.until > now) return false;
        await session.execute(update, [valueOf({ holder, until: now + ms }), row]);
        return true;
      });
    },

    async release(name, holder) {
      const row = PREFIX + name;
      await database.transaction(async (session) => {
        const [found] = await session.query(find, [row]);
        if (found === undefined) return;
        const held = JSON.parse(bytesColumn(found, 'value').toString()) as Held;
        if (held.holder === holder) await session.execute('DELETE FROM StoreMeta WHERE name = ?', [row]);
      });
    },
  };
}

function valueOf(held: Held): Buffer {
  return Buffer.from(JSON.stringify(held));
}
