import type { Task } from '../../tasks/tasks';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyBulkAction, KeyBulkResult, keysApi } from '../contract/keys';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { forEachInSlices } from '../slices';
import { startTask, taskSoon } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { deleteKeys, newDeletion, recordDeletion } from './delete-keys';
import { selectKeys } from './filter';
import { providerOfField } from './find';
import type { LiveKey } from './key-item';
import { moveKeys } from './move-keys';

type Input = EndpointInput<typeof keysApi.bulk>;

const WORDS: Readonly<Record<KeyBulkAction, string>> = {
  verify: 'Verify',
  reset: 'Reset',
  enable: 'Enable',
  disable: 'Disable',
  delete: 'Delete',
  move: 'Move',
};

/** Does something with many keys, as a task. */
export async function bulkKeys(context: AdminContext, input: Input) {
  const { action, to } = input;
  const target = to === undefined ? undefined : providerOfField(context, 'to', to);
  const keys = await selectKeys(context, input);
  if (action === 'verify') {
    const keyIds = keys.map(({ row }) => row.id);
    const task = await taskSoon(context, context.keyProber.verify({ kind: 'keys', keyIds }));
    await recordChange(context, { action: 'keys.verify', target: countOf(keys) });
    return { task: taskItem(task) };
  }
  const task = await startTask(context, {
    kind: 'keys-bulk',
    label: `${WORDS[action]} ${countOf(keys)}`,
    total: keys.length,
    run: (running) => {
      if (action === 'delete') return runDelete(context, keys, running);
      if (target !== undefined) return runMove(context, keys, target, running);
      return runSwitch(context, action as SwitchAction, keys, running);
    },
  });
  return { task: taskItem(task) };
}

type SwitchAction = 'reset' | 'enable' | 'disable';

const NO_DELETION = { deletionId: null, undoUntil: null };

async function runSwitch(
  context: AdminContext,
  action: SwitchAction,
  keys: readonly LiveKey[],
  task: Task,
): Promise<KeyBulkResult> {
  let [looked, changed] = [0, 0];
  await forEachInSlices(
    keys,
    ({ row }) => {
      if (task.signal.aborted) return;
      looked += 1;
      if (switchKey(context, action, row.providerId, row.id)) changed += 1;
      if (looked % 500 === 0) task.progress(looked);
    },
    500,
  );
  task.progress(looked);
  await recordChange(context, { action: `keys.${action}`, target: countOf(keys), detail: { changed } });
  return result(action, keys.length, changed, looked - changed, 'is gone');
}

export function switchKey(
  { pools }: Pick<AdminContext, 'pools'>,
  action: SwitchAction,
  providerId: string,
  keyId: string,
): boolean {
  const pool = pools.get(providerId);
  if (pool === undefined) return false;
  switch (action) {
    case 'reset':
      return pool.reset(keyId);
    case 'enable':
      return pool.enable(keyId);
    case 'disable':
      return pool.disable(keyId, 'disabled by a person');
  }
}

async function runDelete(
  context: AdminContext,
  keys: readonly LiveKey[],
  task: Task,
): Promise<KeyBulkResult> {
  const deletion = newDeletion(context.now(), keys.length);
  let deleted = 0;
  const steps = deleteKeys(
    context,
    keys.map(({ row }) => row),
    deletion,
  );
  for await (deleted of steps) {
    task.progress(deleted);
    if (task.signal.aborted) break;
  }
  await recordDeletion(context, countOf(keys), deletion, deleted);
  return { ...result('delete', keys.length, deleted, 0, ''), ...deletion };
}

async function runMove(
  context: AdminContext,
  keys: readonly LiveKey[],
  target: ReturnType<typeof providerOfField>,
  task: Task,
): Promise<KeyBulkResult> {
  let [looked, moved] = [0, 0];
  for await (const step of moveKeys(context, keys, target)) {
    looked = step.looked;
    moved += step.moved;
    task.progress(looked);
    if (task.signal.aborted) break;
  }
  context.live.changed('keys');
  await recordChange(context, {
    action: 'keys.move',
    target: countOf(keys),
    detail: { to: target.slug, moved },
  });
  return result('move', keys.length, moved, looked - moved, `'${target.slug}' has it already`);
}

function result(
  action: KeyBulkAction,
  matched: number,
  changed: number,
  skipped: number,
  reason: string,
): KeyBulkResult {
  const reasons = skipped === 0 ? [] : [{ reason, count: skipped }];
  return { action, matched, changed, skipped, reasons, ...NO_DELETION };
}

function countOf(keys: readonly LiveKey[]): string {
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? `key ${only.row.hint}` : `${keys.length} keys`;
}
