import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { underWay, type Figures } from '../../cluster/figures';
import { instancesOf, type Instance, type InstancePage } from '../../cluster/instances';
import type { Channel } from '../../cluster/channel';
import { Living } from '../../cluster/living';
import { Link, type LinkState } from '../../cluster/link';
import type { Message } from '../../cluster/messages';
import { OthersFigures } from '../../cluster/others-figures';
import { SharedStates } from '../../cluster/shared-states';
import { SharedSpending } from '../../cluster/shared-spending';
import { SharedUses } from '../../cluster/shared-uses';
import { CountedElsewhere, type CountedElsewhereParts } from '../../inventory/counted-elsewhere';
import type { OutsideChanges } from '../../inventory/outside-changes';
import type { Owner } from '../../ownership/owner-memory';
import { steadyClock } from '../../process/system-ports';
import { VERSION } from '../../process/version';
import type { Instances } from '../../admin/context';
import { ownTroubles } from '../../admin/stats/everybodys-troubles';
import type { AdminListeners } from '../admin-listeners';
import type { GatewayStage } from './gateway';
import type { Installation } from './installation';
import type { InventoryStage } from './inventory';
import type { Machine } from './machine';
import type { WriteBehind } from './write-behind';

/** How this instance and the others know of each other. */
export interface SharingStage extends Instances {
  readonly elsewhere: Pick<
    OthersFigures,
    'inFlight' | 'waiting' | 'minutes' | 'troubles' | 'crowdOf' | 'tokenUse'
  >;
  /** Messages to and from the others. */
  readonly counts: Readonly<Link['counts']>;
  /** Resolves when the others are known, or it is known that they are not heard; soon in any case. */
  begun(): Promise<void>;
  /** The counters of keys and tokens are those of all, as far as that takes but a moment. Never rejects. */
  catchUpCounts(): Promise<void>;
  /** Takes leave of them. */
  close(): Promise<void>;
}

interface Below {
  readonly machine: Machine;
  readonly installation: Installation;
  readonly inventory: InventoryStage;
  readonly writeBehind: WriteBehind;
  readonly gateway: GatewayStage;
  readonly listeners: AdminListeners;
  readonly outsideChanges: OutsideChanges;
}

const TROUBLES_MAX = 200;
/** So long it takes at most until it is known what others have spent that are not heard of. */
const SPENT_MS = 1_000;
/** Clients are not kept waiting for longer. */
const BEGIN_MS_MAX = 1_000;

/** The channel between the processes of one machine, and which of them this is. */
export interface Neighbours {
  readonly channel: Channel;
  /** None is the process of the dashboard. */
  readonly worker: number | undefined;
}

/**
 * From now on in touch with the others, by a Redis where one is set, else with the processes of this machine if there
 * are several. Nothing waits for it.
 */
export async function openSharing(below: Below, neighbours?: Neighbours): Promise<SharingStage> {
  const { REDIS_URL } = below.installation.startup;
  const own = ownInstance(below, randomUUID(), neighbours);
  if (REDIS_URL === '') {
    const isUnheard = below.installation.database.type !== 'sqlite';
    return neighbours === undefined
      ? unheard(below, own, isUnheard)
      : share(below, neighbours.channel, own, { isUnheard });
  }
  const { RedisChannel } = await import('../../cluster/redis-channel');
  const channel = new RedisChannel(REDIS_URL, await below.installation.store.installationId());
  return share(below, channel, own, undefined);
}

/** Nothing is heard of others. If it `isUnheard`, there may be some all the same, on the same database. */
function unheard(below: Below, own: () => Instance, isUnheard: boolean): SharingStage {
  const nothing = () => Promise.resolve();
  const counted = countedElsewhere(below, { others: () => [], ask: () => undefined });
  below.writeBehind.owners.hasOthers = () => isUnheard;
  if (isUnheard) followSpending(below);
  return {
    selfId: own().id,
    state: undefined,
    onMachine: false,
    isUnheard,
    elsewhere: {
      inFlight: 0,
      waiting: 0,
      minutes: [],
      troubles: [],
      crowdOf: () => undefined,
      tokenUse: () => ({ requestCount: 0, lastUsedAt: null }),
    },
    counts: { sent: 0, received: 0, dropped: 0 },
    catchUpCounts() {
      // Others write every few seconds: nobody has to wait for what is as old as that.
      if (isUnheard) void counted.catchUp();
      return nothing();
    },
    list: () => [own()],
    begun: nothing,
    close: nothing,
  };
}

function share(
  below: Below,
  channel: Channel,
  own: () => Instance,
  onMachine: { readonly isUnheard: boolean } | undefined,
): SharingStage {
  const { machine, inventory } = below;
  const { logger, steadyNow } = machine;
  const selfId = own().id;
  const { pools } = inventory.providers;
  const send: Link['send'] = (name, make) => link.send(name, make);
  const states = new SharedStates({ pools, egresses: inventory.egresses, now: steadyNow, send });
  const { tokenUses: tokens } = below.gateway;
  const uses = new SharedUses({ pools, tokens, selfId, self: own().name, now: steadyNow, send });
  const spending = shareTokens(below, uses, send);
  const counted = countedElsewhere(below, {
    others: () => (link.state.name === 'shared' ? others.instances.map(({ id }) => id) : []),
    ask: () => send('counts_asked', () => ({ kind: 'counts_asked' })),
  });
  const others = new Others(below, own(), { states, uses, spending, counted, send });
  const link: Link = new Link({
    channel,
    self: selfId,
    now: steadyNow,
    page: () => JSON.stringify({ ...own(), figures: figuresOf(below) } satisfies InstancePage),
    onMessage: (message, from, ageMs) => others.said(message, from, ageMs),
    onPages: (pages) => others.live(instancesOf(pages)),
    onGap() {
      below.outsideChanges.expect(true);
      send('asks', () => ({ kind: 'asks' }));
    },
    onCaughtUp: () => others.tellAll(),
    onState(state) {
      others.hearing(state.name === 'shared');
      below.listeners.live.changed('settings');
      if (onMachine === undefined) tellOf(state, logger);
    },
    onError: (error) => logger.error({ err: error }, 'what another instance has told could not be done'),
  });
  inventory.events.add(states.events);
  inventory.events.add(uses.events);
  tellOfOwn(below, send);
  below.writeBehind.owners.hasOthers = () =>
    onMachine !== undefined || link.state.name === 'local' || others.instances.length > 0;
  inventory.company.isCatchingUp = (now) => link.standstill.isCatchingUp(now);
  link.start();
  followSpending(below);
  return stageOf(link, others, counted, own, onMachine);
}

function stageOf(
  link: Link,
  others: Others,
  counted: CountedElsewhere,
  own: () => Instance,
  onMachine: { readonly isUnheard: boolean } | undefined,
): SharingStage {
  return {
    selfId: own().id,
    elsewhere: others.figures,
    counts: link.counts,
    catchUpCounts: () => counted.catchUp(),
    onMachine: onMachine !== undefined,
    get isUnheard() {
      return onMachine?.isUnheard === true || link.state.name !== 'shared';
    },
    get state() {
      return link.state;
    },
    // What was last heard of them is not true any more.
    list: () => (link.state.name === 'shared' ? [own(), ...others.instances] : [own()]),
    begun: () => Promise.race([link.begun, sleep(BEGIN_MS_MAX, undefined, { ref: false })]),
    close: () => link.close(),
  };
}

function countedElsewhere(
  { machine, installation, inventory, writeBehind, listeners: { live } }: Below,
  toOthers: Pick<CountedElsewhereParts, 'others' | 'ask'>,
): CountedElsewhere {
  const counted = new CountedElsewhere({
    ...toOthers,
    pools: inventory.providers.pools,
    keys: installation.store.keys,
    writer: writeBehind.stateWriter,
    tokens: inventory.tokenUsage,
    time: steadyClock,
    isFollowed: () => live.clients > 0,
    onKey: (keyId) => live.keyChanged(keyId),
    onError: (error) =>
      machine.logger.error({ err: error }, 'reading what others have counted failed; it is tried again'),
  });
  machine.stopping.signal.addEventListener('abort', () => counted.stop());
  return counted;
}

/** What client tokens use and spend is told and heard from now on. */
function shareTokens({ inventory, gateway }: Below, uses: SharedUses, send: Link['send']): SharedSpending {
  const { tokenUses } = gateway;
  tokenUses.onNew = (id, use) => uses.followToken(id, use);
  for (const [id, use] of tokenUses.all) uses.followToken(id, use);
  const spending = new SharedSpending({ own: (id) => inventory.spending.own(id), send });
  inventory.spending.others = spending;
  inventory.tokenUsage.onReading = () => spending.reading();
  inventory.tokenUsage.onRead = () => spending.read();
  return spending;
}

/** What all have spent is read anew, as long as there is a token that has a budget. */
function followSpending({ machine, gateway, inventory }: Below): void {
  const hasBudgets = (): boolean =>
    gateway.configuration.inventory.clientTokens.some(({ rules }) => rules?.budget !== undefined);
  const timer = setInterval(() => {
    // What fails is reported there, and tried again.
    if (hasBudgets()) void inventory.tokenUsage.refresh().catch(() => undefined);
  }, SPENT_MS);
  timer.unref();
  machine.stopping.signal.addEventListener('abort', () => clearInterval(timer));
}

/** Others hear of the owners that are noted here, and of what is changed. */
function tellOfOwn({ writeBehind, installation }: Below, send: Link['send']): void {
  writeBehind.owners.onNoted = (objectId, provider, owner) =>
    send(`object:${provider} ${objectId}`, () => ({
      kind: 'object',
      objectId,
      provider,
      owner: owner && keyOf(owner),
    }));
  installation.store.changeNotes.onOwnLeft(() => send('changed', () => ({ kind: 'changed' })));
}

const keyOf = ({ keyId, isSupposed }: Owner) => ({ keyId, isSupposed });

/** What the other instances tell. */
class Others {
  instances: readonly Instance[] = [];
  readonly figures: OthersFigures;
  readonly #living: Living;

  constructor(
    private readonly below: Omit<Below, 'installation' | 'gateway'>,
    private readonly own: Pick<Instance, 'id' | 'name' | 'serves' | 'answers'>,
    private readonly parts: {
      readonly states: SharedStates;
      readonly uses: SharedUses;
      readonly spending: SharedSpending;
      readonly counted: CountedElsewhere;
      readonly send: Link['send'];
    },
  ) {
    const { machine, inventory, listeners, writeBehind } = below;
    this.#living = new Living(own.name);
    this.figures = new OthersFigures({
      pools: inventory.providers.pools,
      egresses: inventory.egresses,
      now: machine.steadyNow,
      onKey: (keyId) => listeners.live.keyChanged(keyId),
      onEgress: (egressId) => listeners.live.egressChanged(egressId),
      onBreaker: () => listeners.live.breakerChanged(),
      onWritten() {
        writeBehind.usageBook.writtenElsewhere();
        listeners.live.finishedElsewhere();
      },
    });
  }

  /** They are heard again, or no longer. */
  hearing(isInTouch: boolean): void {
    this.below.inventory.company.isInTouch = isInTouch;
    if (isInTouch) return this.tellAll();
    this.parts.uses.forgetOthers();
    this.figures.update([]);
  }

  live(pages: readonly Instance[]): void {
    const before = namesOf(this.instances);
    this.instances = this.#living.update(pages, this.below.machine.steadyNow());
    if (namesOf(this.instances) !== before) this.below.listeners.live.changed('settings');
    this.parts.uses.live(this.instances);
    this.parts.spending.live(new Set(this.instances.map(({ id }) => id)));
    if (this.below.inventory.company.isInTouch) this.figures.update(this.instances);
    const { company } = this.below.inventory;
    const serving = [this.own, ...this.instances].filter(({ serves }) => serves);
    company.instances = serving.length;
    company.hearers = serving.flatMap(({ id, answers }) => (answers === true ? [id] : []));
  }

  said(message: Message, from: string, ageMs: number): void {
    const isOwn = from === this.own.id;
    if (message.kind === 'use') return this.parts.uses.take(message, from, ageMs, isOwn);
    if (isOwn) return;
    if (message.kind === 'changed') this.below.outsideChanges.expect();
    if (message.kind === 'asks') this.tellAll();
    if (message.kind === 'object') this.#learn(message);
    if (message.kind === 'spent') this.parts.spending.take(message, from);
    if (message.kind === 'use_before') this.parts.uses.recall(message, ageMs);
    if (message.kind === 'counts_asked') void this.#writeCounts();
    if (message.kind === 'counts_written') this.parts.counted.written(from);
    this.parts.states.take(message, ageMs);
  }

  #learn({ objectId, provider, owner }: Extract<Message, { kind: 'object' }>): void {
    this.below.writeBehind.owners.learn(objectId, provider, owner && { provider, ...owner });
  }

  async #writeCounts(): Promise<void> {
    const { writeBehind, inventory } = this.below;
    await Promise.all([writeBehind.stateWriter.flush(), inventory.tokenUsage.flush()]);
    this.parts.send('counts_written', () => ({ kind: 'counts_written' }));
  }

  tellAll(): void {
    this.parts.uses.tellAll();
    this.parts.spending.tellAll();
    this.parts.states.tellAll();
  }
}

const namesOf = (instances: readonly Instance[]): string => instances.map(({ id }) => id).join();

function ownInstance(
  { machine, inventory, gateway, listeners }: Below,
  id: string,
  neighbours: Neighbours | undefined,
): () => Instance {
  const serves = neighbours === undefined || neighbours.worker !== undefined;
  const startedAt = machine.steadyNow();
  const host = hostname();
  return () => ({
    id,
    // A worker that is started anew is the same again, and none of the others.
    name: inventory.company.self,
    version: VERSION,
    host,
    pid: process.pid,
    upMs: machine.steadyNow() - startedAt,
    inFlight: gateway.gateway.inFlight,
    waiting: gateway.gateway.waiting.depth,
    requestsPerMinute: listeners.rates.minute().requests,
    serves,
    answers: true,
  });
}

function figuresOf({ machine, inventory, writeBehind, gateway, listeners }: Below): Figures {
  return {
    written: writeBehind.logWriter.stats.written,
    minute: listeners.rates.minute(),
    troubles: ownTroubles({
      configuration: gateway.configuration,
      pools: inventory.providers.pools,
      liveTime: steadyClock,
      ...listeners,
    }).slice(0, TROUBLES_MAX),
    ...underWay({
      pools: inventory.providers.pools,
      egresses: inventory.egresses,
      crowdOf: (pool) => gateway.gateway.waiting.crowdOf(pool),
      tokens: inventory.settingsTokenUse.all,
      now: machine.steadyNow,
    }),
  };
}

function tellOf(state: LinkState, logger: Machine['logger']): void {
  if (state.name === 'shared') logger.info('Redis answers: what instances find out is shared at once');
  else
    logger.warn(
      { reason: state.reason },
      'Redis does not answer: this instance goes on alone, and learns of the others by the database',
    );
}
