import type { Task } from '../../tasks/tasks';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyBulkAction, KeyBulkResult, keysApi } from '../contract/keys';
import { recordAct } from '../audit/record';
import type { KeyAction } from '../../balancer/pool/switch-key';
import type { AdminContext } from '../context';
import { startTask, taskSoon } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { deleteKeys, newDeletion } from './delete-keys';
import { KEY_TAGS } from '../../config/key-tags';
import { editKeys, type KeyEdit } from './edit-keys';
import { selectKeys } from './filter';
import { providerOfField } from './find';
import type { LiveKey } from './key-item';
import { keptOptions } from './key-options';
import { moveKeys } from './move-keys';
import { nameOf, switchKeys } from './switch-keys';

type Input = EndpointInput<typeof keysApi.bulk>;

const WORDS: Readonly<Record<KeyBulkAction, string>> = {
  verify: 'Verify',
  reset: 'Reset',
  enable: 'Enable',
  disable: 'Disable',
  delete: 'Delete',
  move: 'Move',
  edit: 'Change',
};

/** Does something with many keys, as a task. */
export async function bulkKeys(context: AdminContext, input: Input) {
  const { action, to, set = {} } = input;
  const target = to === undefined ? undefined : providerOfField(context, 'to', to);
  const keys = await selectKeys(context, input);
  if (action === 'verify') {
    const keyIds = keys.map(({ row }) => row.id);
    const task = await taskSoon(context, context.keyProber.verify({ kind: 'keys', keyIds }));
    await recordAct(context, { action: 'keys.verify', target: nameOf(keys.map(({ row }) => row)) });
    return { task: taskItem(task) };
  }
  const task = await startTask(context, {
    kind: 'keys-bulk',
    label: `${WORDS[action]} ${nameOf(keys.map(({ row }) => row))}`,
    total: keys.length,
    run: (running) => {
      if (action === 'delete') return runDelete(context, keys, running);
      if (action === 'edit') return runEdit(context, keys, editOf(set), running);
      if (target !== undefined) return runMove(context, keys, target, running);
      return runSwitch(context, action as KeyAction, keys, running);
    },
  });
  return { task: taskItem(task) };
}

const NO_DELETION = { deletionId: null, undoUntil: null };

async function runSwitch(
  context: AdminContext,
  action: KeyAction,
  keys: readonly LiveKey[],
  task: Task,
): Promise<KeyBulkResult> {
  const { looked, changed } = await switchKeys(context, {
    action,
    keys: keys.map(({ row }) => row),
    target: nameOf(keys.map(({ row }) => row)),
    pools: context.pools,
    goesOn(done) {
      task.progress(done);
      return !task.signal.aborted;
    },
  });
  return result(action, keys.length, changed, looked - changed, 'is gone');
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
    nameOf(keys.map(({ row }) => row)),
  );
  for await (deleted of steps) {
    task.progress(deleted);
    if (task.signal.aborted) break;
  }
  return { ...result('delete', keys.length, deleted, 0, ''), ...deletion };
}

async function runMove(
  context: AdminContext,
  keys: readonly LiveKey[],
  target: ReturnType<typeof providerOfField>,
  task: Task,
): Promise<KeyBulkResult> {
  let [looked, moved] = [0, 0];
  for await (const done of moveKeys(context, keys, target, nameOf(keys.map(({ row }) => row)))) {
    ({ looked, moved } = done);
    task.progress(looked);
    if (task.signal.aborted) break;
  }
  context.live.changed('keys');
  return result('move', keys.length, moved, looked - moved, `'${target.slug}' has it already`);
}

async function runEdit(
  context: AdminContext,
  keys: readonly LiveKey[],
  edit: KeyEdit,
  task: Task,
): Promise<KeyBulkResult> {
  let [looked, changed, full] = [0, 0, 0];
  for await (const done of editKeys(context, keys, edit, nameOf(keys.map(({ row }) => row)))) {
    ({ looked, changed, full } = done);
    task.progress(looked);
    if (task.signal.aborted) break;
  }
  context.live.changed('keys');
  const gone = result('edit', keys.length, changed, looked - changed - full, 'is gone');
  if (full === 0) return gone;
  const reasons = [
    ...gone.reasons,
    { reason: `would have more than ${KEY_TAGS.countMax} tags`, count: full },
  ];
  return { ...gone, skipped: looked - changed, reasons };
}

function editOf({ addTags = [], removeTags = [], ...plain }: NonNullable<Input['set']>): KeyEdit {
  const patch = keptOptions(plain);
  const lists = { addTags, removeTags };
  const fields = Object.entries(lists).flatMap(([name, tags]) => (tags.length === 0 ? [] : [name]));
  return { patch, tags: { add: addTags, remove: removeTags }, fields: [...Object.keys(patch), ...fields] };
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
