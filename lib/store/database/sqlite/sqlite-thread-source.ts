/**
 * Of the thread that works on a SQLite file; a plain string, because a bundler would look for a file. It carries out
 * one call after the other, in the order of their arrival. Rows go back as arrays, which cost the other side a third of
 * what objects do.
 */
export const SQLITE_THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { file, folders, autoCheckpointPages, statementsMax } = workerData;
  const Sqlite = require(require.resolve('better-sqlite3', { paths: folders }));

  let database;
  const connection = () => {
    if (database !== undefined) return database;
    // No waiting inside the driver: what only reads would wait behind it. whenFree in sqlite-turns.ts waits.
    database = new Sqlite(file, { timeout: 0 });
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma('cache_size = -16000');
    database.pragma('wal_autocheckpoint = ' + autoCheckpointPages);
    return database;
  };

  const statements = new Map();
  const prepare = (sql) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= statementsMax) statements.clear();
    const statement = connection().prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const isBinary = (value) => typeof value === 'object' && value !== null;
  const binaryColumns = (names, rows) =>
    names.flatMap((_, column) => (rows.some((row) => isBinary(row[column])) ? [column] : []));

  const rollBack = () => {
    if (connection().inTransaction) connection().exec('ROLLBACK');
  };
  const each = (sql, lists) => {
    const statement = prepare(sql);
    let changes = 0;
    for (const params of lists) changes += statement.run(...params).changes;
    return changes;
  };

  const calls = {
    query: (sql, params) => {
      const statement = prepare(sql).raw();
      const rows = statement.all(...params);
      const names = statement.columns().map(({ name }) => name);
      return { names, rows, binary: binaryColumns(names, rows) };
    },
    execute: (sql, params) => prepare(sql).run(...params).changes,
    each,
    eachAlone: (sql, lists) => {
      connection().exec('BEGIN IMMEDIATE');
      try {
        const changes = each(sql, lists);
        connection().exec('COMMIT');
        return changes;
      } finally {
        rollBack();
      }
    },
    run: (script) => void connection().exec(script),
    rollBack,
    close: () => {
      // Once this has been answered.
      setImmediate(() => parentPort.close());
      database?.close();
    },
  };

  parentPort.on('message', ({ id, call, args }) => {
    try {
      parentPort.postMessage({ id, value: calls[call](...args) });
    } catch ({ message, code }) {
      parentPort.postMessage({ id, error: { message, code } });
    }
  });
`;
