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

export function createLeases(database: Database): Leases {
  const { dialect } = database;
  const { lockRows, nowMs } = dialect;
  const find = `SELECT value, ${nowMs} AS nowMs FROM StoreMeta WHERE name = ? ${lockRows}`;
  const insert = `INSERT INTO StoreMeta (name, value) VALUES (?, ?) ${dialect.ignoreDuplicate('name')}`;
  const update = 'UPDATE StoreMeta SET value = ? WHERE name = ?';
  const sealed = (held: Held): Buffer => Buffer.from(JSON.stringify(held));

  return {
    async take(name, holder, ms) {
      const row = PREFIX + name;
      return database.transaction(async (session) => {
        const [found] = await session.query(find, [row]);
        if (found === undefined) {
          const [time] = await session.query(`SELECT ${nowMs} AS nowMs`);
          const until = numberColumn(time ?? {}, 'nowMs') + ms;
          // Somebody else may have been quicker.
          return (await session.execute(insert, [row, sealed({ holder, until })])) > 0;
        }
        const held = JSON.parse(bytesColumn(found, 'value').toString()) as Held;
        const now = numberColumn(found, 'nowMs');
        if (held.holder !== holder && held.until > now) return false;
        await session.execute(update, [sealed({ holder, until: now + ms }), row]);
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
