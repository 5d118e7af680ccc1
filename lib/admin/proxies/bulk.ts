import {
  EGRESS_CHECKS_AT_ONCE,
  forEachAtOnce,
  probeEgress,
  type EgressTest,
} from '../../probing/egress/probe-egress';
import type { AuditEntry } from '../../auth/asker';
import type { Task } from '../../tasks/tasks';
import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi, ProxyBulkResult } from '../contract/proxies';
import { recordAct } from '../audit/record';
import type { AdminContext } from '../context';
import { PROXIES } from '../steps';
import { startTask } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { removeProxies } from './delete';
import { allProxies, type LiveProxy } from './find';
import { proxyStatus } from './proxy-item';
import { switchedProxy, switchProxy } from './update';

type Input = EndpointInput<typeof proxiesApi.bulk>;

/** Each proxy is tested at three at most, and all at the same. */
const ADDRESSES_MAX = 10;

const WORDS: Readonly<Record<Input['action'], string>> = {
  test: 'Test',
  enable: 'Enable',
  disable: 'Disable',
  delete: 'Delete',
  'delete-failed': 'Delete failed ones of',
};

/** Does something with many proxies, as a task. */
export async function bulkProxies(context: AdminContext, { action, ids }: Input) {
  const wanted = ids === undefined ? undefined : new Set(ids);
  const proxies = allProxies(context).filter(({ row }) => wanted === undefined || wanted.has(row.id));
  const label = `${WORDS[action]} ${proxies.length} proxies`;
  const task = await startTask(context, {
    kind: 'proxies-bulk',
    label,
    total: proxies.length,
    run: (running) => run(context, action, proxies, label, running),
  });
  return { task: taskItem(task) };
}

async function run(
  context: AdminContext,
  action: Input['action'],
  proxies: readonly LiveProxy[],
  target: string,
  task: Task,
): Promise<ProxyBulkResult> {
  const entryOf = (changed: number): AuditEntry => ({
    action: `proxies.${action}`,
    target,
    detail: { changed },
  });
  const result = (changed: number): ProxyBulkResult => ({
    action,
    matched: proxies.length,
    changed,
    skipped: proxies.length - changed,
    passed: null,
    failed: null,
    unclear: null,
    testedAt: [],
  });
  switch (action) {
    case 'test': {
      const tested = await testAll(context, proxies, task, result);
      await recordAct(context, entryOf(tested.changed));
      return tested;
    }
    case 'enable':
    case 'disable':
      return result(await switchAll(context, proxies, action === 'enable', entryOf));
    case 'delete':
    case 'delete-failed': {
      const ids = proxies.filter((proxy) => action === 'delete' || hasFailed(proxy)).map(({ row }) => row.id);
      await removeProxies(context, ids, entryOf(ids.length));
      return result(ids.length);
    }
  }
}

/** Returns how many were there to be switched. */
async function switchAll(
  context: AdminContext,
  proxies: readonly LiveProxy[],
  isEnabled: boolean,
  entryOf: (changed: number) => AuditEntry,
): Promise<number> {
  const ids = proxies.flatMap(({ row: { id } }) => (context.egresses.get(id) === undefined ? [] : [id]));
  const epochs = await context.store.change(context.caller, async (write) => {
    const result = await write.egress.setStates(ids.map((id) => switchedProxy(id, isEnabled)));
    return { entry: entryOf(ids.length), notes: PROXIES, result };
  });
  for (const id of ids) switchProxy(context, id, isEnabled, epochs.get(id));
  return ids.length;
}

async function testAll(
  context: AdminContext,
  proxies: readonly LiveProxy[],
  task: Task,
  result: (changed: number) => ProxyBulkResult,
): Promise<ProxyBulkResult> {
  const counts = { passed: 0, failed: 0, unclear: 0 };
  const testedAt = new Set<string>();
  await forEachAtOnce(proxies, EGRESS_CHECKS_AT_ONCE, task.signal, async ({ state }) => {
    const test = await probeEgress(state, context.egressProbing, task.signal);
    if (task.signal.aborted) return;
    for (const { address } of test.tried ?? []) if (testedAt.size < ADDRESSES_MAX) testedAt.add(address);
    const ended = endOf(test);
    counts[ended] += 1;
    task.count(ended);
    task.progress(counts.passed + counts.failed + counts.unclear);
  });
  const { passed, failed, unclear } = counts;
  return { ...result(passed + failed + unclear), ...counts, testedAt: [...testedAt] };
}

function endOf({ error, at = 'egress' }: EgressTest): 'passed' | 'failed' | 'unclear' {
  if (error === undefined) return 'passed';
  return at === 'egress' ? 'failed' : 'unclear';
}

function hasFailed({ state }: LiveProxy): boolean {
  if (state.disabled?.by === 'manual') return false;
  const status = proxyStatus(state);
  return status === 'failing' || status === 'disabled_auto';
}
