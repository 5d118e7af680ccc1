import { expect, it, vi } from 'vitest';
import { pruneLogs, type Retention } from '../../../lib/jobs/prune-logs';

const NOW = Date.UTC(2026, 0, 31);
const DAY_MS = 86_400_000;

/** Rows by their time, oldest first, and every call for deleting some. */
function table(times: readonly number[]) {
  const calls: { before: number; limit: number; deleted: number }[] = [];
  let rows = [...times].sort((a, b) => a - b);
  return {
    calls,
    rows: () => rows,
    async deleteOlderThan(before: number, limit: number) {
      const gone = rows.filter((at) => at < before).slice(0, limit);
      rows = rows.slice(gone.length);
      calls.push({ before, limit, deleted: gone.length });
      return gone.length;
    },
  };
}

const daysAgo = (days: number) => NOW - days * DAY_MS;

function prepare(
  retention: Retention,
  rows: {
    requests?: number[];
    errors?: number[];
    incidents?: number[];
    rollups?: number[];
    owners?: number[];
    formerKeys?: number[];
  } = {},
) {
  const tables = {
    requestLogs: table(rows.requests ?? []),
    errorLogs: table(rows.errors ?? []),
    incidents: { ...table(rows.incidents ?? []), prune: vi.fn(() => Promise.resolve(0)) },
    rollups: table(rows.rollups ?? []),
    objectOwners: table(rows.owners ?? []),
    formerKeys: table(rows.formerKeys ?? []),
    guessCounts: { prune: vi.fn(() => Promise.resolve(0)) },
  };
  return {
    ...tables,
    job: pruneLogs(
      tables as never,
      () => retention,
      () => NOW,
    ),
  };
}

it('deletes what is older than its days and nothing else, each kind by its own', async () => {
  const all = [daysAgo(40), daysAgo(30) - 1, daysAgo(30), daysAgo(8), daysAgo(7) - 1, daysAgo(7), NOW];
  const { job, requestLogs, errorLogs, incidents } = prepare(
    { requestLogDays: 30, errorLogDays: 7 },
    { requests: all, errors: all, incidents: all },
  );
  expect(await job.run()).toBe('deleted 2 request rows, 5 error rows and 0 rows of statistics');
  expect(requestLogs.rows()).toEqual([daysAgo(30), daysAgo(8), daysAgo(7) - 1, daysAgo(7), NOW]);
  expect(incidents.rows()).toEqual(requestLogs.rows());
  expect(incidents.prune).toHaveBeenCalledOnce();
  expect(errorLogs.rows()).toEqual([daysAgo(7), NOW]);
});

it('forgets who owns what nobody has used for so many days, and keys deleted before that', async () => {
  const { job, objectOwners, formerKeys } = prepare(
    { requestLogDays: undefined, errorLogDays: undefined, ownerDays: 30 },
    { owners: [daysAgo(31), daysAgo(30), daysAgo(1)], formerKeys: [daysAgo(31), daysAgo(29)] },
  );
  await job.run();
  expect(objectOwners.rows()).toEqual([daysAgo(30), daysAgo(1)]);
  expect(formerKeys.rows()).toEqual([daysAgo(29)]);
});

it('deletes what counts no more of wrong tokens, whatever is kept of the logs', async () => {
  const { job, guessCounts } = prepare({ requestLogDays: undefined, errorLogDays: undefined });
  await job.run();
  expect(guessCounts.prune).toHaveBeenCalledTimes(1);
});

it('deletes in batches of at most a thousand until nothing old is left', async () => {
  const { job, requestLogs } = prepare(
    { requestLogDays: 1, errorLogDays: 1 },
    { requests: Array.from({ length: 2_500 }, (_, index) => daysAgo(2) + index) },
  );
  expect(await job.run()).toContain('deleted 2500 request rows');
  expect(requestLogs.calls.map(({ limit, deleted }) => [limit, deleted])).toEqual([
    [1_000, 1_000],
    [1_000, 1_000],
    [1_000, 500],
  ]);
});

it('ends after a last empty batch when the rows fill their batches exactly', async () => {
  const requests = Array.from({ length: 2_000 }, () => daysAgo(2));
  const { job, requestLogs } = prepare({ requestLogDays: 1, errorLogDays: 1 }, { requests });
  await job.run();
  expect(requestLogs.rows()).toEqual([]);
  expect(requestLogs.calls).toHaveLength(3);
});

it('touches no log whose deletion is switched off, but old statistics all the same', async () => {
  const old = [daysAgo(5_000)];
  const { job, requestLogs, errorLogs, rollups } = prepare(
    { requestLogDays: undefined, errorLogDays: undefined },
    { requests: old, errors: old, rollups: [...old, daysAgo(400) - 1, daysAgo(399)] },
  );
  await job.run();
  expect([...requestLogs.calls, ...errorLogs.calls]).toEqual([]);
  expect(rollups.rows()).toEqual([daysAgo(399)]);
});

it('asks for the retention at each run, so that a changed setting counts', async () => {
  const requestLogs = table([daysAgo(20), daysAgo(10)]);
  let requestLogDays = 15;
  const none = table([]);
  const guessCounts = { prune: () => Promise.resolve(0) };
  const job = pruneLogs(
    {
      requestLogs,
      errorLogs: none,
      incidents: { ...none, ...guessCounts },
      rollups: none,
      guessCounts,
    } as never,
    () => ({ requestLogDays, errorLogDays: 1 }),
    () => NOW,
  );
  await job.run();
  expect(requestLogs.rows()).toEqual([daysAgo(10)]);
  requestLogDays = 5;
  await job.run();
  expect(requestLogs.rows()).toEqual([]);
});
