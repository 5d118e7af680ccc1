import type { LogWriter } from '../write-behind/log-writer';
import { sumStart } from './rollup-series';
import type { Dimension, RollupStore, SeriesQuery } from './rollups';
import type { Resolution, UsageDelta, UsageRollup } from '../rows';
import type { ReadSums } from './rollup-sums';
import type { UsageKind } from './usage-chains';
import { UsageSums } from './usage-sums';

export interface UsageQuery extends Omit<SeriesQuery, 'resolution'> {
  /** Everything that may hold a part of the window, the longest first. */
  readonly resolutions: readonly Resolution[];
  /** Of which kind they are all there is: then the sums of it will do. By default they are read themselves. */
  readonly kind?: UsageKind;
}

type Rollups = Pick<RollupStore, 'series' | 'sums' | 'moves'>;

interface Page {
  readonly query: UsageQuery;
  readonly sums: UsageSums<UsageRollup>;
  /** What was known of other processes when it was begun. */
  readonly writtenElsewhere: number;
  readonly readAt: number;
  readonly freshMs: number;
  askedAt: number;
}

const DIMENSIONS = ['provider', 'keyId', 'model', 'token'] as const satisfies readonly Dimension[];
/** Other processes may write to the database too, so it is read again; the longer that takes, the less often. */
const FRESH_MS_MIN = 5_000;
const FRESH_MS_MAX = 300_000;
const FRESH_PER_READ = 20;
/** After this time without a reader it is dropped. */
const KEPT_MS = 60_000;
const PAGES_MAX = 200;
const READS_MAX = 3;

/**
 * Statistics as they are at the moment they are asked for: what the database holds, and what is not written there yet,
 * each request once. What was read is kept and counted on with each request, so that asking again costs nothing.
 */
export class UsageBook {
  readonly #pages = new Map<string, Page>();
  readonly #opening = new Map<string, Promise<Page>>();
  /** Counted since pages were last brought up to date. */
  #pending = new UsageSums<UsageDelta>();
  #lastAskedAt = -Infinity;
  /** Kinds of resolution that some page is of, beside those for all keys and tokens. */
  #finePages: ReadonlySet<Resolution> = new Set();
  /** How often others have written. */
  #writtenElsewhere = 0;

  constructor(
    private readonly rollups: Rollups,
    private readonly writer: Pick<LogWriter, 'withUnwritten'>,
    private readonly now: () => number,
  ) {}

  /** Something was handed to the writer. Costs next to nothing without readers. */
  note(delta: UsageDelta): void {
    if (this.#pages.size === 0) return;
    if (this.now() - this.#lastAskedAt > KEPT_MS) return this.#forget();
    if (delta.resolution === 'minute' || this.#finePages.has(delta.resolution)) this.#pending.add(delta);
  }

  /** Something was written by another process: what was read of the database before is old. */
  writtenElsewhere(): void {
    this.#writtenElsewhere += 1;
  }

  /** In no order. The rows are counted on later: use them at once, or copy them. */
  async read(query: UsageQuery): Promise<readonly UsageRollup[]> {
    const name = JSON.stringify(query);
    this.#lastAskedAt = this.now();
    let page = this.#pages.get(name);
    if (page === undefined || this.#isBehind(page)) page = await this.#open(name, query);
    // The figures are right without it, so no reader waits for it.
    else if (this.now() - page.readAt > page.freshMs) this.#open(name, query).catch(() => undefined);
    this.#bringUpToDate();
    page.askedAt = this.now();
    return [...page.sums.byKey.values()];
  }

  /** Where reading costs much, nobody waits for what others have written since. */
  #isBehind({ writtenElsewhere, freshMs }: Page): boolean {
    return writtenElsewhere !== this.#writtenElsewhere && freshMs === FRESH_MS_MIN;
  }

  #open(name: string, query: UsageQuery): Promise<Page> {
    const known = this.#opening.get(name);
    if (known !== undefined) return known;
    const opening = this.#readPage(name, query).finally(() => this.#opening.delete(name));
    this.#opening.set(name, opening);
    return opening;
  }

  #readPage(name: string, query: UsageQuery): Promise<Page> {
    const startedAt = this.now();
    const writtenElsewhere = this.#writtenElsewhere;
    return this.writer.withUnwritten(
      () => this.#readDatabase(query),
      (rows, unwritten) => {
        // What is pending is in the new page already: as written, or as not written yet.
        this.#bringUpToDate();
        const sums = new UsageSums<UsageRollup>();
        for (const row of rows) sums.add(row);
        const readAt = this.now();
        const freshMs = Math.min(FRESH_MS_MAX, Math.max(FRESH_MS_MIN, FRESH_PER_READ * (readAt - startedAt)));
        const page: Page = { query, sums, writtenElsewhere, readAt, freshMs, askedAt: readAt };
        for (const delta of unwritten) count(page, delta);
        this.#keep(name, page);
        return page;
      },
    );
  }

  /** What moves from minutes to hours while it is read would be missing, or be there twice. */
  async #readDatabase(query: UsageQuery): Promise<UsageRollup[]> {
    for (let reads = 1; ; reads += 1) {
      const moves = await this.rollups.moves();
      // The last time without slices, between which more might be moved.
      const sums = await this.#readSums(query, reads === READS_MAX);
      const rows = sums?.rows ?? (await this.#readAll(query));
      if (sums?.isOfOneMoment === true || reads === READS_MAX) return rows;
      if ((await this.rollups.moves()) === moves) return rows;
    }
  }

  #readSums(
    { resolutions: _, kind, ...query }: UsageQuery,
    isAtOnce: boolean,
  ): Promise<ReadSums | undefined> {
    if (kind === undefined) return Promise.resolve(undefined);
    return this.rollups.sums({ ...query, kind, ...(isAtOnce && { isAtOnce }) });
  }

  async #readAll({ resolutions, kind: _, ...query }: UsageQuery): Promise<UsageRollup[]> {
    const rows: UsageRollup[] = [];
    for (const resolution of resolutions) {
      for (const row of await this.rollups.series({ ...query, resolution })) rows.push(row);
    }
    return rows;
  }

  #keep(name: string, page: Page): void {
    this.#pages.delete(name);
    this.#pages.set(name, page);
    for (const [known, { askedAt }] of this.#pages) {
      if (this.#pages.size > PAGES_MAX || page.readAt - askedAt > KEPT_MS) this.#pages.delete(known);
    }
    this.#finePages = new Set([...this.#pages.values()].flatMap(({ query }) => query.resolutions));
  }

  #bringUpToDate(): void {
    const { byKey } = this.#pending;
    if (byKey.size === 0) return;
    this.#pending = new UsageSums();
    for (const page of this.#pages.values()) for (const delta of byKey.values()) count(page, delta);
  }

  #forget(): void {
    this.#pages.clear();
    this.#pending = new UsageSums();
    this.#finePages = new Set();
  }
}

function count({ query, sums }: Page, delta: UsageDelta): void {
  const { among } = query;
  if (among !== undefined && !among.values.includes(delta[among.column])) return;
  if (!query.resolutions.includes(delta.resolution)) return;
  if (delta.bucketStart < query.from || delta.bucketStart >= query.to) return;
  for (const name of DIMENSIONS) {
    if (query[name] !== undefined && query[name] !== delta[name]) return;
  }
  const keptApart = (name: Dimension) => (query.groupBy?.includes(name) === true ? delta[name] : '');
  sums.add({
    ...delta,
    bucketStart: sumStart(query, delta.bucketStart),
    provider: keptApart('provider'),
    keyId: keptApart('keyId'),
    model: keptApart('model'),
    token: keptApart('token'),
  });
}
