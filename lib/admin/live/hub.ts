import {
  liveTopicSchema,
  type LiveEvent,
  type LiveEventName,
  type LiveSnapshot,
  type LiveTopic,
} from '../contract/live';
import { AdminError } from '../error';
import { eventText, HEARTBEAT } from './event-text';

const TICK_MS = 500;
const RATES_EVERY = 2;
const HEARTBEAT_EVERY = 30;
/** What may wait for one reader, in bytes. */
const BUFFER_BYTES = 512 * 1024;
const CLIENTS_MAX = 100;

/** Where the events' contents come from, at the moment they are sent. */
export interface LiveSources {
  snapshot(): Omit<LiveSnapshot, 'quietMs' | 'quietMsByTopic'>;
  keys(changed: ReadonlySet<string>, removed: ReadonlySet<string>): LiveEvent<'keys'>;
  breakers(): LiveEvent<'breakers'>;
  egress(ids: ReadonlySet<string>): LiveEvent<'egress'>;
  /** Ids of the proxies whose counts are others than when it was asked last. */
  usedEgresses(): readonly string[];
  rates(): LiveEvent<'rates'>;
  tasks(ids: ReadonlySet<string>): LiveEvent<'tasks'>;
  jobs(): LiveEvent<'jobs'>;
  readonly revision: number;
}

type Resource = LiveEvent<'settings'>['resources'][number];

interface Client {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Something was left out for it, so it gets a new snapshot as soon as it has read what waits. */
  isBehind: boolean;
  /** It may no longer listen. */
  readonly isOver: () => boolean;
}

/**
 * Tells browsers what changes, as server-sent events. Whoever tells the hub something only leaves a note, which costs
 * nothing while nobody listens; twice a second the notes become events. A reader that is too slow loses events and gets
 * a new snapshot, so that at most half a megabyte waits for each.
 */
// oxlint-disable-next-line house/class-length -- what is noted by topic and told together in one tick
export class LiveHub {
  readonly #clients = new Set<Client>();
  readonly #encoder = new TextEncoder();
  readonly #epoch = Date.now().toString(36);
  #sources: LiveSources | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #ticks = 0;
  #events = 0;
  #lastCounts = '';
  #lastJobs = '';
  #requests = 0;
  #toldRequests = 0;
  readonly #madeAt = performance.now();
  /** Kept without listeners too: a new one has to know what is newer than the answers it has. */
  readonly #happenedAt = new Map<LiveTopic, number>();
  #isClosed = false;

  readonly #changedKeys = new Set<string>();
  readonly #removedKeys = new Set<string>();
  readonly #proxies = new Set<string>();
  readonly #tasks = new Set<string>();
  readonly #resources = new Set<Resource>();
  #isTrafficElsewhere = false;
  #isBreakerChanged = false;
  #isJobChanged = false;

  /** Before this call nobody may listen. */
  connect(sources: LiveSources): void {
    this.#sources = sources;
  }

  get clients(): number {
    return this.#clients.size;
  }

  keyChanged(keyId: string): void {
    this.#note('key-states');
    if (this.#isHeard) this.#changedKeys.add(keyId);
  }

  keysRemoved(keyIds: readonly string[]): void {
    this.changed('keys');
    if (!this.#isHeard) return;
    for (const keyId of keyIds) {
      this.#removedKeys.add(keyId);
      this.#changedKeys.delete(keyId);
    }
  }

  breakerChanged(): void {
    this.#note('key-states');
    this.#isBreakerChanged = this.#isHeard;
  }

  egressChanged(egressId: string): void {
    this.#note('proxy-states');
    if (this.#isHeard) this.#proxies.add(egressId);
  }

  taskChanged(taskId: string): void {
    if (this.#isHeard) this.#tasks.add(taskId);
  }

  requestFinished(): void {
    this.#requests += 1;
    this.#note('traffic');
  }

  /** What has finished at other instances can be read in the database. */
  finishedElsewhere(): void {
    this.#note('traffic');
    this.#isTrafficElsewhere = this.#isHeard;
  }

  jobChanged(): void {
    this.#isJobChanged = this.#isHeard;
  }

  /** These have changed: what pages show of them is out of date. */
  changed(...resources: readonly Resource[]): void {
    for (const resource of resources) {
      this.#note(resource);
      if (this.#isHeard) this.#resources.add(resource);
    }
  }

  /**
   * A stream of events until the signal fires, or a tick finds that it `isOver`. Throws `too_many_requests` when 100
   * listen already.
   */
  open(signal: AbortSignal, isOver: () => boolean = () => false): ReadableStream<Uint8Array> {
    if (this.#isClosed || this.#clients.size >= CLIENTS_MAX) {
      throw new AdminError('too_many_requests', 'Too many are listening already.');
    }
    let client: Client | undefined;
    const leave = (): void => {
      if (client !== undefined) this.#leave(client);
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { controller, isBehind: false, isOver };
          this.#clients.add(client);
          signal.addEventListener('abort', leave, { once: true });
          this.#sendSnapshot(client);
          this.#startTicking();
        },
        cancel: leave,
      },
      { highWaterMark: BUFFER_BYTES, size: (chunk) => chunk?.byteLength ?? 0 },
    );
  }

  /** Ends all streams. Browsers that are still signed in come back. */
  disconnect(): void {
    for (const client of this.#clients) this.#leave(client);
  }

  /** Ends all streams, and refuses new ones. */
  close(): void {
    this.#isClosed = true;
    this.disconnect();
  }

  #note(topic: LiveTopic): void {
    this.#happenedAt.set(topic, performance.now());
  }

  /** Rounded down: counting back from now must not give a time before it happened. */
  #quietMs(topic: LiveTopic): number {
    return Math.max(0, Math.floor(performance.now() - (this.#happenedAt.get(topic) ?? this.#madeAt)));
  }

  get #isHeard(): boolean {
    return this.#clients.size > 0;
  }

  #startTicking(): void {
    if (this.#ticker !== undefined) return;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#ticker.unref();
  }

  #tick(): void {
    for (const client of this.#clients) if (client.isOver()) this.#leave(client);
    const sources = this.#sources;
    if (sources === undefined || !this.#isHeard) return;
    this.#ticks += 1;
    this.#sendNews(sources, this.#ticks % RATES_EVERY === 0);
    if (this.#ticks % HEARTBEAT_EVERY === 0) this.#sendText(HEARTBEAT);
    this.#forget();
    for (const client of this.#clients) if (client.isBehind) this.#catchUp(client);
  }

  #sendNews(sources: LiveSources, isRatesTick: boolean): void {
    this.#sendKeys(sources, isRatesTick);
    if (isRatesTick) for (const id of sources.usedEgresses()) this.#proxies.add(id);
    if (this.#isBreakerChanged) this.#send('breakers', sources.breakers());
    if (this.#proxies.size > 0) this.#send('egress', sources.egress(this.#proxies));
    if (this.#tasks.size > 0) this.#send('tasks', sources.tasks(this.#tasks));
    if (this.#isJobChanged || isRatesTick) this.#sendJobs(sources);
    if (this.#resources.size > 0) {
      this.#send('settings', { revision: sources.revision, resources: [...this.#resources] });
    }
    this.#sendTraffic();
    if (isRatesTick) this.#send('rates', sources.rates());
  }

  #sendKeys(sources: LiveSources, isRatesTick: boolean): void {
    const isNoted = this.#changedKeys.size + this.#removedKeys.size > 0;
    if (!isNoted && !isRatesTick) return;
    const event = sources.keys(this.#changedKeys, this.#removedKeys);
    // Rests end without anybody noticing but the clock.
    const counts = JSON.stringify(event.providers);
    if (isNoted || counts !== this.#lastCounts) this.#send('keys', event);
    this.#lastCounts = counts;
  }

  /** A run begins, and the next is planned, without anybody noticing but the clock. */
  #sendJobs(sources: LiveSources): void {
    const event = sources.jobs();
    const text = JSON.stringify(event);
    if (this.#isJobChanged || text !== this.#lastJobs) this.#send('jobs', event);
    this.#lastJobs = text;
  }

  #sendTraffic(): void {
    if (this.#requests !== this.#toldRequests || this.#isTrafficElsewhere)
      this.#send('traffic', { requests: this.#requests });
    this.#toldRequests = this.#requests;
  }

  #forget(): void {
    for (const notes of [this.#changedKeys, this.#removedKeys, this.#proxies, this.#tasks, this.#resources]) {
      notes.clear();
    }
    this.#isTrafficElsewhere = false;
    this.#isBreakerChanged = false;
    this.#isJobChanged = false;
  }

  #send<Name extends LiveEventName>(name: Name, data: LiveEvent<Name>): void {
    this.#sendText(eventText(name, this.#nextId(), data));
  }

  #sendText(text: string): void {
    const bytes = this.#encoder.encode(text);
    for (const client of this.#clients) {
      if (client.isBehind) continue;
      if ((client.controller.desiredSize ?? 0) < bytes.byteLength) client.isBehind = true;
      else this.#enqueue(client, bytes);
    }
  }

  #catchUp(client: Client): void {
    if ((client.controller.desiredSize ?? 0) < BUFFER_BYTES / 2) return;
    client.isBehind = false;
    this.#sendSnapshot(client);
  }

  #sendSnapshot(client: Client): void {
    if (this.#sources === undefined) return;
    const quietMsByTopic = Object.fromEntries(
      liveTopicSchema.options.map((topic) => [topic, this.#quietMs(topic)]),
    ) as LiveSnapshot['quietMsByTopic'];
    const quietMs = this.#happenedAt.has('traffic') ? quietMsByTopic.traffic : null;
    const snapshot = { ...this.#sources.snapshot(), quietMs, quietMsByTopic };
    const text = eventText('snapshot', this.#nextId(), snapshot);
    this.#enqueue(client, this.#encoder.encode(text));
  }

  #enqueue(client: Client, bytes: Uint8Array): void {
    try {
      client.controller.enqueue(bytes);
    } catch {
      // It was closed from the other side.
      this.#leave(client);
    }
  }

  #leave(client: Client): void {
    if (!this.#clients.delete(client)) return;
    try {
      client.controller.close();
    } catch {
      // It is closed already.
    }
    if (this.#isHeard) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#forget();
  }

  #nextId(): string {
    this.#events += 1;
    return `${this.#epoch}-${this.#events}`;
  }
}
