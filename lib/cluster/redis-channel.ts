import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type ChainableCommander, type RedisOptions } from 'ioredis';
import type { Channel, Page, Parcel, Parcels } from './channel';

/** The braces keep everything in one slot of a Redis Cluster. */
const EVENTS = '{ob}:events';
const INSTANCES = '{ob}:instances';
const pageOf = (instance: string): string => `{ob}:page:${instance}`;
const PAGE_LIFE_MS = 15_000;
/** About so many are kept. */
const EVENTS_MAX = 10_000;
const READ_MAX = 1_000;
const BLOCK_MS = 1_000;
/** Slower is as good as away. */
const COMMAND_MS = 1_500;
const CONNECT_MS = 2_000;
const RETRY_MS = 500;
/** There is an answer every second: a connection without one is dead, and its name may lead elsewhere by now. */
const SILENT_MS = 4_000;

/**
 * A channel over Redis 6.2 or Valkey and later. Connects by itself, again and again. Several installations may share a
 * server: `home` tells their parcels and pages apart. `tls` is for tests.
 */
export class RedisChannel implements Channel {
  readonly #commands: Redis;
  /** Apart, for what it waits for holds up everything behind it. */
  readonly #reader: Redis;

  constructor(
    url: string,
    private readonly home: string,
    tls?: RedisOptions['tls'],
  ) {
    const options = optionsOf(tls);
    this.#commands = new Redis(url, options);
    this.#reader = new Redis(url, { ...options, commandTimeout: BLOCK_MS + COMMAND_MS });
    // Whoever asks is told; without a listener it would end the process.
    for (const connection of [this.#commands, this.#reader]) connection.on('error', () => undefined);
  }

  async append({ from, number, text }: Pick<Parcel, 'from' | 'number' | 'text'>): Promise<void> {
    const fields = ['home', this.home, 'from', from, 'number', number, 'text', text];
    const redis = await ready(this.#commands);
    await redis.xadd(EVENTS, 'MAXLEN', '~', EVENTS_MAX, '*', ...fields);
  }

  async read(position: string | undefined): Promise<Parcels> {
    const redis = await ready(this.#reader);
    if (position === undefined) return { position: await lastOf(redis), parcels: [] };
    const read = await redis.xread('COUNT', READ_MAX, 'BLOCK', BLOCK_MS, 'STREAMS', EVENTS, position);
    const entries = read?.[0]?.[1] ?? [];
    const last = entries.at(-1)?.[0];
    // One that has been emptied, or is another one with a slower clock, may count from before.
    if (last === undefined) return { position: earlier(position, await lastOf(redis)), parcels: [] };
    const now = timeOf(await redis.time());
    return { position: last, parcels: entries.flatMap(([id, fields]) => this.#parcelOf(id, fields, now)) };
  }

  async put({ from, text }: Page): Promise<void> {
    const redis = await ready(this.#commands);
    const page = JSON.stringify([this.home, text]);
    await all(redis.pipeline().set(pageOf(from), page, 'PX', PAGE_LIFE_MS).sadd(INSTANCES, from));
  }

  async pages(): Promise<readonly Page[]> {
    const redis = await ready(this.#commands);
    const instances = await redis.smembers(INSTANCES);
    if (instances.length === 0) return [];
    const texts = await redis.mget(instances.map(pageOf));
    const gone = instances.filter((_, i) => texts[i] === null);
    if (gone.length > 0) await redis.srem(INSTANCES, gone);
    return instances.flatMap((from, i) => this.#pageOf(from, texts[i] ?? null));
  }

  async close(from: string): Promise<void> {
    await all(this.#commands.pipeline().del(pageOf(from)).srem(INSTANCES, from)).catch(() => undefined);
    this.#commands.disconnect();
    this.#reader.disconnect();
  }

  #parcelOf(id: string, fields: readonly string[], now: number): Parcel[] {
    const read: Record<string, string> = {};
    for (let i = 0; i + 1 < fields.length; i += 2) read[fields[i] ?? ''] = fields[i + 1] ?? '';
    const { home, from, number, text } = read;
    if (home !== this.home || from === undefined || text === undefined) return [];
    return [{ from, number: Number(number), ageMs: Math.max(0, now - millisecondsOf(id)), text }];
  }

  #pageOf(from: string, raw: string | null): Page[] {
    if (raw === null) return [];
    try {
      const [home, text] = JSON.parse(raw) as unknown[];
      return home === this.home && typeof text === 'string' ? [{ from, text }] : [];
    } catch {
      return [];
    }
  }
}

/** Once it can be asked. Rejects with the reason when it cannot. */
async function ready(redis: Redis): Promise<Redis> {
  if (redis.status === 'ready') return redis;
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    // An error of the connection rejects it.
    await Promise.race([once(redis, 'ready', { signal }), tooLate(signal)]);
    return redis;
  } finally {
    waiting.abort();
  }
}

async function tooLate(signal: AbortSignal): Promise<never> {
  await sleep(CONNECT_MS, undefined, { signal, ref: false });
  throw new Error(`no connection within ${CONNECT_MS / 1_000} s`);
}

async function lastOf(redis: Redis): Promise<string> {
  const [entry] = await redis.xrevrange(EVENTS, '+', '-', 'COUNT', 1);
  return entry?.[0] ?? '0-0';
}

/** Throws what any of them has been refused for. */
async function all(work: ChainableCommander): Promise<void> {
  for (const [error] of (await work.exec()) ?? []) if (error !== null) throw error;
}

function optionsOf(tls: RedisOptions['tls']): RedisOptions {
  return {
    connectionName: 'openai-balance',
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    socketTimeout: SILENT_MS,
    // Whoever asks has to know at once, and asks again by himself.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => RETRY_MS,
    // After a failover the old primary takes no writes: its name may lead to the new one.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(tls !== undefined && { tls }),
  };
}

function millisecondsOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

function timeOf([seconds, microseconds]: readonly (string | number)[]): number {
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

function earlier(a: string, b: string): string {
  const order = (id: string): readonly bigint[] => id.split('-').map(BigInt);
  const [aTime = 0n, aCount = 0n] = order(a);
  const [bTime = 0n, bCount = 0n] = order(b);
  return bTime < aTime || (bTime === aTime && bCount < aCount) ? b : a;
}
