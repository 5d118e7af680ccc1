import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { REMOTE_LIST_URL } from '../pricing/catalogue';
import {
  LIST_BYTES_MAX,
  PACKAGED,
  packagedList,
  readPriceList,
  usePriceList,
  type PriceList,
} from '../pricing/price-list';
import type { PriceListStore } from '../store/price-list';
import type { Downloaded } from '../upstream/download';
import { readRegularFile } from './read-regular-file';

const zip = promisify(gzip);
const unzip = promisify(gunzip);
/** The program starts with the list, so a disk that does not answer must not keep it. */
const FILE_MS = 5_000;

/** Which list prices are looked up in. */
export interface PricesInUse {
  readonly source: 'package' | 'fetched' | 'file';
  /** When it was published, fetched or written; milliseconds since the epoch. */
  readonly at: number;
  readonly models: number;
  /** Why the list that should be in use is not; undefined if it is. */
  readonly problem: string | undefined;
}

export type PriceUpdate = { readonly ok: true } | { readonly ok: false; readonly why: string };

export interface PriceUpdatePorts {
  readonly store: PriceListStore;
  /** PRICES_FILE; empty for none. */
  readonly file: () => string;
  /** PRICES_URL; empty for the catalogue's own. */
  readonly url: () => string;
  readonly download: (url: string, bytesMax: number, signal: AbortSignal) => Promise<Downloaded>;
  readonly now: () => number;
  /** Prices may be others now. */
  readonly onChange: () => void;
}

/**
 * Keeps the list of prices up to date: a file if there is one, else what was fetched last, by whichever instance, else
 * the one that comes with the program. A list that cannot be used changes nothing.
 */
export class PriceUpdates {
  #inUse: PricesInUse = { source: 'package', at: PACKAGED.publishedAt, models: 0, problem: undefined };
  #used = 'package';
  #loading: Promise<void> = Promise.resolve();

  constructor(private readonly ports: PriceUpdatePorts) {}

  get inUse(): PricesInUse {
    return this.#inUse;
  }

  /** Uses what should be in use by now. Never rejects: what is wrong stands in `inUse`. */
  load(): Promise<void> {
    this.#loading = this.#loading.then(() =>
      this.#load().catch((error: unknown) =>
        this.#fail(error instanceof Error ? error.message : String(error)),
      ),
    );
    return this.#loading;
  }

  /** Fetches the list for all instances, and uses it. A failure changes nothing. */
  async fetch(signal: AbortSignal): Promise<PriceUpdate> {
    const { store, url, download, now } = this.ports;
    const answer = await download(url() === '' ? REMOTE_LIST_URL : url(), LIST_BYTES_MAX, signal);
    if (!answer.ok) return answer;
    const read = readPriceList(answer.bytes.toString('utf8'));
    if (!read.ok) return read;
    const trouble = this.#tryOut(read.list);
    if (trouble !== undefined) return { ok: false, why: trouble };
    try {
      await store.write(await zip(answer.bytes), now());
    } finally {
      await this.load();
    }
    return { ok: true };
  }

  async #load(): Promise<void> {
    const file = this.ports.file();
    if (file !== '') return this.#loadFile(file);
    const head = await this.ports.store.head();
    if (head === undefined) return this.#loadPackaged();
    if (this.#used === head.digest) return this.#stay();
    const zipped = await this.ports.store.read(head);
    if (zipped === undefined) return;
    const bytes = await unzip(zipped, { maxOutputLength: LIST_BYTES_MAX });
    await this.#read(bytes, { source: 'fetched', at: head.at }, head.digest);
  }

  async #loadFile(file: string): Promise<void> {
    const limits = { bytesMax: LIST_BYTES_MAX, timeoutMs: FILE_MS, known: this.#used };
    const read = await readRegularFile(file, limits);
    if (read === undefined) return this.#stay();
    await this.#read(read.bytes, { source: 'file', at: read.writtenAt }, read.version);
  }

  async #loadPackaged(): Promise<void> {
    if (this.#used === 'package' && this.#inUse.models > 0) return this.#stay();
    this.#use(await packagedList(), { source: 'package', at: PACKAGED.publishedAt }, 'package');
  }

  async #read(bytes: Buffer, of: Pick<PricesInUse, 'source' | 'at'>, name: string): Promise<void> {
    const read = readPriceList(bytes.toString('utf8'));
    if (read.ok) this.#use(read.list, of, name);
    else await this.#fail(read.why);
  }

  #use(list: PriceList, of: Pick<PricesInUse, 'source' | 'at'>, name: string): void {
    usePriceList(list);
    this.#used = name;
    this.#inUse = { ...of, models: list.models, problem: undefined };
    this.ports.onChange();
  }

  /** Before anybody else gets it. What is wrong with it; then nothing has changed, and else it is used until `load`. */
  #tryOut(list: PriceList): string | undefined {
    try {
      usePriceList(list);
      this.#used = '';
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #stay(): void {
    if (this.#inUse.problem !== undefined) this.#inUse = { ...this.#inUse, problem: undefined };
  }

  /** What was in use stays in use; at the start that is the list that comes with the program. */
  async #fail(problem: string): Promise<void> {
    if (this.#inUse.models === 0) await this.#loadPackaged();
    this.#inUse = { ...this.#inUse, problem };
  }
}
