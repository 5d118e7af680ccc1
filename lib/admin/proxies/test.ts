import { EGRESS_CHECKS_AT_ONCE, forEachAtOnce, probeEgress } from '../../probing/egress/probe-egress';
import type { EndpointAnswer } from '../contract/endpoint';
import type { proxiesApi } from '../contract/proxies';
import { recordAct } from '../audit/record';
import type { AdminContext } from '../context';
import { findProxy, readProxy } from './find';
import { parseProxy } from './parse-proxies';

type Check = Awaited<ReturnType<AdminContext['egressProbing']['check']>>;

/** Tests a proxy and notes how it went. */
export async function testProxy(context: AdminContext, { id }: { readonly id: string }) {
  const { state } = findProxy(context, id);
  const result = await probeEgress(state, context.egressProbing, context.caller.signal);
  await recordAct(context, { action: 'proxies.test', target: state.config.hint });
  return { ...testItem(result), proxy: await readProxy(context, { id }) };
}

/** Tests addresses that are not kept. The answer has them in the order of the request. */
export async function testAddresses(
  context: AdminContext,
  { urls }: { readonly urls: readonly string[] },
): Promise<EndpointAnswer<typeof proxiesApi.testUnsaved>> {
  const { signal } = context.caller;
  const items = urls.map((url) => ({ parsed: parseProxy(url), check: undefined as Check | undefined }));
  await forEachAtOnce(items, EGRESS_CHECKS_AT_ONCE, signal, async (item) => {
    if ('url' in item.parsed) item.check = await context.egressProbing.check(item.parsed.url, signal);
  });
  return {
    items: items.map(({ parsed, check }) =>
      'reason' in parsed
        ? { ...testItem({ ...CANCELLED, error: parsed.reason }), address: parsed.address }
        : { ...testItem(check ?? CANCELLED), address: parsed.hint },
    ),
  };
}

const CANCELLED: Check = { latencyMs: undefined, status: undefined, error: 'cancelled' };

function testItem({ latencyMs, status, error, at = 'egress', tried = [] }: Check) {
  return {
    isUnclear: error !== undefined && at !== 'egress',
    tried: [...tried],
    ok: error === undefined,
    latencyMs: latencyMs ?? null,
    status: status ?? null,
    error: error ?? null,
  };
}
