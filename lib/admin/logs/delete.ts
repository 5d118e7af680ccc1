import type { Task } from '../../tasks/tasks';
import { LOG_ROWS_AT_ONCE, type LogWrites } from '../../store/logs/log-writes';
import type { EndpointInput } from '../contract/endpoint';
import type { logsApi } from '../contract/logs';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { startTask } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { logFilters } from './filters';
import { walkLog } from './walk';

type Input = EndpointInput<typeof logsApi.delete>;

/** Deletes chosen rows, those that pass a filter, or all there are now, as a task. */
export async function deleteLogs(context: AdminContext, input: Input) {
  const filters = logFilters(input.filter ?? {}, input.kind);
  // Who means all says so: a script whose variable is empty does not.
  if (input.filter !== undefined && Object.keys(filters).length === 0) {
    throw wrongField('filter', 'passes every row; give all to delete them');
  }
  const task = await startTask(context, {
    kind: 'delete-logs',
    label: input.kind === 'requests' ? 'Delete request logs' : 'Delete error logs',
    ...(input.ids !== undefined && { total: input.ids.length }),
    run: async (running) => {
      await context.flushLogs();
      const deletion = new LogDeletion(context, input, running);
      if (input.ids !== undefined) await deletion.remove(input.ids);
      else if (input.all === true) await deletion.removeOlderThan(context.now() + 1);
      else await removeFiltered(context, input, filters, deletion, running);
      return { deleted: deletion.deleted };
    },
  });
  return { task: taskItem(task) };
}

async function removeFiltered(
  { store }: AdminContext,
  { kind }: Input,
  filters: ReturnType<typeof logFilters>,
  deletion: LogDeletion,
  { signal }: Task,
): Promise<void> {
  const table = kind === 'requests' ? store.requestLogs : store.errorLogs;
  for await (const rows of walkLog<{ readonly id: string }>(table, filters, signal)) {
    if (signal.aborted) break;
    if (rows.length > 0) await deletion.remove(rows.map(({ id }) => id));
  }
  // What was asked for has its entry, even if nothing passed.
  if (deletion.deleted === 0) await deletion.remove([]);
}

/** Deletes in steps that traffic hardly feels; they share one entry of the audit list. */
class LogDeletion {
  deleted = 0;
  readonly #change;

  constructor(
    context: Pick<AdminContext, 'store' | 'caller'>,
    private readonly input: Pick<Input, 'kind' | 'filter'>,
    private readonly task: Task,
  ) {
    this.#change = context.store.changeInSteps(context.caller, 'paced');
  }

  async remove(ids: readonly string[]): Promise<void> {
    let start = 0;
    do {
      const some = ids.slice(start, start + LOG_ROWS_AT_ONCE);
      await this.#step(async (rows) => ({ removed: await rows.removeMany(some) }));
      start += LOG_ROWS_AT_ONCE;
    } while (start < ids.length);
  }

  async removeOlderThan(atMs: number): Promise<void> {
    let isMore = true;
    while (isMore) {
      const { mayBeMore } = await this.#step((rows) => rows.removeOldest(atMs));
      isMore = mayBeMore && !this.task.signal.aborted;
    }
  }

  async #step<Some extends { readonly removed: number }>(
    work: (rows: LogWrites) => Promise<Some>,
  ): Promise<Some> {
    const { kind, filter } = this.input;
    const some = await this.#change.step(async (write) => {
      const result = await work(kind === 'requests' ? write.requestLogs : write.errorLogs);
      const detail = { deleted: this.deleted + result.removed, ...(filter !== undefined && { filter }) };
      return { entry: { action: 'logs.delete', target: kind, detail }, notes: [], result };
    });
    this.deleted += some.removed;
    this.task.progress(this.deleted);
    return some;
  }
}
