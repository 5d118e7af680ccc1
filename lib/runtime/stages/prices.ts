import type { EgressBinding } from '../../balancer/egress/binding';
import type { Egresses } from '../../balancer/egress/egresses';
import type { LiveSettings } from '../../config/live-settings';
import { cataloguePrice } from '../../pricing/catalogue';
import { PriceBook } from '../../pricing/price-book';
import type { Store } from '../../store/open-store';
import { download, type Downloaded } from '../../upstream/download';
import { PriceUpdates } from '../price-updates';
import type { Machine } from './machine';

/** A price list comes in a second or two, or there is something wrong with the way to it. */
const TIMEOUT_MS = 20_000;
const PROXIES_MAX = 3;
/** A file may be written anew, and another instance may have fetched a list. */
const LOOK_MS = 60_000;

export interface PricesStage {
  readonly book: PriceBook;
  readonly updates: PriceUpdates;
}

interface Below {
  readonly machine: Machine;
  readonly settings: LiveSettings;
  readonly store: Pick<Store, 'priceList'>;
  readonly baseUrlOf: (provider: string) => string | undefined;
  readonly egresses: Egresses;
  readonly sharedBinding: () => EgressBinding;
}

/** What models cost, by the list that should be in use now and from now on. */
export async function openPrices(below: Below): Promise<PricesStage> {
  const { machine, settings, store, baseUrlOf } = below;
  const book = new PriceBook({
    own: () => settings.current.MODEL_PRICES,
    catalogue: cataloguePrice,
    baseUrlOf,
  });
  const updates = new PriceUpdates({
    store: store.priceList,
    file: () => settings.current.PRICES_FILE,
    url: () => settings.current.PRICES_URL,
    download: (url, bytesMax, signal) => downloadAsRequests(below, url, bytesMax, signal),
    now: machine.now,
    onChange: () => book.forget(),
  });
  await updates.load();
  const timer = setInterval(() => void updates.load(), LOOK_MS).unref();
  machine.stopping.signal.addEventListener('abort', () => clearInterval(timer));
  return { book, updates };
}

/** Through the shared proxies, one after the other, as requests go; directly only if there are none. */
async function downloadAsRequests(
  { egresses, sharedBinding }: Below,
  url: string,
  bytesMax: number,
  signal: AbortSignal,
): Promise<Downloaded> {
  const options = { timeoutMs: TIMEOUT_MS, bytesMax, signal };
  const binding = sharedBinding();
  if (binding.mode === 'direct') return download(url, options);
  const proxies = binding.egressIds
    .map((id) => egresses.get(id))
    .filter((egress) => egress !== undefined)
    .filter(({ disabled }) => disabled === undefined)
    .toSorted((a, b) => Number(a.breaker.state !== 'closed') - Number(b.breaker.state !== 'closed'));
  let answer: Downloaded = { ok: false, why: 'no proxy can be used' };
  for (const { config } of proxies.slice(0, PROXIES_MAX)) {
    answer = await download(url, { ...options, egressUrl: config.url });
    if (answer.ok || signal.aborted) return answer;
  }
  return answer;
}
