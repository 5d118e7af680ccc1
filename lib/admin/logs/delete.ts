import type { Task } from '../../tasks/tasks';
import type { EndpointInput } from '../contract/endpoint';
import type { logsApi } from '../contract/logs';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { startTask } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { logFilters } from './filters';
import { walkLog } from './walk';

type Input = EndpointInput<typeof logsApi.delete>;

const BATCH = 1_000;

/** Deletes chosen rows, those that pass a filter, or all there are now, as a task. */
export async function deleteLogs(context: AdminContext, input: Input) {
  const filters = logFilters(input.filter ?? {}, input.kind);
  const task = await startTask(context, {
    kind: 'delete-logs',
    label: input.kind === 'requests' ? 'Delete request logs' : 'Delete error logs',
    ...(input.ids !== undefined && { total: input.ids.length }),
    run: async (running) => {
      await context.flushLogs();
      const deleted = await run(context, input, filters, running);
      await recordChange(context, {
        action: 'logs.delete',
        target: input.kind,
        detail: { deleted, ...(input.filter !== undefined && { filter: input.filter }) },
      });
      return { deleted };
    },
  });
  return { task: taskItem(task) };
}

async function run(
  { store, now }: AdminContext,
  { kind, ids, all }: Input,
  filters: ReturnType<typeof logFilters>,
  task: Task,
): Promise<number> {
  const table = kind === 'requests' ? store.requestLogs : store.errorLogs;
  let deleted = 0;
  const note = (count: number): void => {
    deleted += count;
    task.progress(deleted);
  };
  if (ids !== undefined) {
    note(await table.removeMany(ids));
  } else if (all === true) {
    const until = now() + 1;
    let count = BATCH;
    while (count === BATCH && !task.signal.aborted) {
      count = await table.deleteOlderThan(until, BATCH);
      note(count);
    }
  } else {
    for await (const rows of walkLog<{ readonly id: string }>(table, filters, task.signal)) {
      if (task.signal.aborted) break;
      note(await table.removeMany(rows.map(({ id }) => id)));
    }
  }
  return deleted;
}
