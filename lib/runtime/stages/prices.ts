import type { LiveSettings } from '../../config/live-settings';
import { cataloguePrice } from '../../pricing/catalogue';
import { PriceBook } from '../../pricing/price-book';
import type { Store } from '../../store/open-store';
import { download } from '../../upstream/download';
import { PriceUpdates } from '../price-updates';
import { throughSharedProxies, type SharedWays } from '../through-shared-proxies';
import type { Machine } from './machine';

/** A price list comes in a second or two, or there is something wrong with the way to it. */
const TIMEOUT_MS = 20_000;
/** A file may be written anew, and another instance may have fetched a list. */
const LOOK_MS = 60_000;

export interface PricesStage {
  readonly book: PriceBook;
  readonly updates: PriceUpdates;
}

interface Below extends SharedWays {
  readonly machine: Machine;
  readonly settings: LiveSettings;
  readonly store: Pick<Store, 'priceList'>;
  readonly baseUrlOf: (provider: string) => string | undefined;
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
    download: (url, bytesMax, signal) =>
      throughSharedProxies(below, signal, (egressUrl) =>
        download(url, { egressUrl, timeoutMs: TIMEOUT_MS, bytesMax, signal }),
      ),
    now: machine.now,
    onChange: () => book.forget(),
  });
  await updates.load();
  const timer = setInterval(() => void updates.load(), LOOK_MS).unref();
  machine.stopping.signal.addEventListener('abort', () => clearInterval(timer));
  return { book, updates };
}
