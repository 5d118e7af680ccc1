import {
  EGRESS_CHECKS_AT_ONCE,
  forEachAtOnce,
  probeEgress,
  type EgressTest,
} from '../../probing/egress/probe-egress';
import type { Task } from '../../tasks/tasks';
import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi, ProxyBulkResult } from '../contract/proxies';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { startTask } from '../tasks/soon';
import { taskItem } from '../tasks/task-item';
import { removeProxies } from './delete';
import { allProxies, type LiveProxy } from './find';
import { proxyStatus } from './proxy-item';
import { switchProxy } from './update';

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
    run: async (running) => {
      const result = await run(context, action, proxies, running);
      const { changed } = result;
      await recordChange(context, { action: `proxies.${action}`, target: label, detail: { changed } });
      return result;
    },
  });
  return { task: taskItem(task) };
}

async function run(
  context: AdminContext,
  action: Input['action'],
  proxies: readonly LiveProxy[],
  task: Task,
): Promise<ProxyBulkResult> {
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
    case 'test':
      return testAll(context, proxies, task, result);
    case 'enable':
    case 'disable':
      return result(proxies.filter(({ row }) => switchProxy(context, row.id, action === 'enable')).length);
    case 'delete':
    case 'delete-failed': {
      const ids = proxies.filter((proxy) => action === 'delete' || hasFailed(proxy)).map(({ row }) => row.id);
      await removeProxies(context, ids);
      return result(ids.length);
    }
  }
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
