import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { instancesOf, type Instance, type InstancePage } from '../../cluster/instances';
import type { Channel } from '../../cluster/channel';
import { Living } from '../../cluster/living';
import { Link, type LinkState } from '../../cluster/link';
import type { Message } from '../../cluster/messages';
import { RedisChannel } from '../../cluster/redis-channel';
import { SharedStates } from '../../cluster/shared-states';
import { SharedUses } from '../../cluster/shared-uses';
import type { OutsideChanges } from '../../inventory/outside-changes';
import type { Owner } from '../../ownership/owner-memory';
import { instanceId } from '../../process/instance-id';
import { VERSION } from '../../process/version';
import type { Instances } from '../../admin/context';
import type { AdminListeners } from '../admin-parts';
import type { GatewayStage } from './gateway';
import type { Installation } from './installation';
import type { InventoryStage } from './inventory';
import type { Machine } from './machine';
import type { WriteBehind } from './write-behind';

/** How this instance and the others know of each other. */
export interface SharingStage extends Instances {
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

/** From now on in touch with the others, where a Redis is set. Nothing waits for it. */
export async function openSharing(below: Below): Promise<SharingStage> {
  const { REDIS_URL } = below.installation.startup;
  const selfId = randomUUID();
  const ownPage = pageMaker(below);
  const own = (): Instance => ({ ...ownPage(), id: selfId });
  if (REDIS_URL === '') {
    return { selfId, state: undefined, list: () => [own()], close: () => Promise.resolve() };
  }
  const channel = new RedisChannel(REDIS_URL, await below.installation.store.installationId());
  return share(below, channel, own);
}

function share(below: Below, channel: Channel, own: () => Instance): SharingStage {
  const { machine, installation, inventory } = below;
  const { logger, steadyNow } = machine;
  const selfId = own().id;
  const { pools } = inventory.providers;
  const send: Link['send'] = (name, make) => link.send(name, make);
  const states = new SharedStates({ pools, egresses: inventory.egresses, now: steadyNow, send });
  const uses = new SharedUses({ pools, now: steadyNow, send });
  const others = new Others(below, selfId, states, uses);
  const link: Link = new Link({
    channel,
    self: selfId,
    now: steadyNow,
    page: () => JSON.stringify(own()),
    onMessage: (message, from, ageMs) => others.said(message, from, ageMs),
    onPages: (pages) => others.live(instancesOf(pages)),
    onGap() {
      below.outsideChanges.expect(true);
      send('asks', () => ({ kind: 'asks' }));
    },
    onState(state) {
      others.hearing(state.name === 'shared');
      below.listeners.live.changed('settings');
      tellOf(state, logger);
    },
    onError: (error) => logger.error({ err: error }, 'what another instance has told could not be done'),
  });
  inventory.events.add(states.events);
  inventory.events.add(uses.events);
  below.writeBehind.owners.onNoted = (objectId, provider, owner) =>
    send(`object:${provider} ${objectId}`, () => ({
      kind: 'object',
      objectId,
      provider,
      owner: owner && keyOf(owner),
    }));
  installation.store.changeNotes.onOwnLeft(() => send('changed', () => ({ kind: 'changed' })));
  link.start();
  return {
    selfId,
    get state() {
      return link.state;
    },
    // What was last heard of them is not true any more.
    list: () => (link.state.name === 'shared' ? [own(), ...others.instances] : [own()]),
    close: () => link.close(),
  };
}

const keyOf = ({ keyId, isSupposed }: Owner) => ({ keyId, isSupposed });

/** What the other instances tell. */
class Others {
  instances: readonly Instance[] = [];
  readonly #living = new Living();

  constructor(
    private readonly below: Omit<Below, 'installation' | 'gateway'>,
    private readonly selfId: string,
    private readonly states: SharedStates,
    private readonly uses: SharedUses,
  ) {}

  /** They are heard again, or no longer. */
  hearing(isInTouch: boolean): void {
    this.below.inventory.company.isInTouch = isInTouch;
    if (isInTouch) this.#tellAll();
    else this.uses.forgetOthers();
  }

  live(pages: readonly Instance[]): void {
    const before = namesOf(this.instances);
    this.instances = this.#living.update(pages, this.below.machine.steadyNow());
    if (namesOf(this.instances) !== before) this.below.listeners.live.changed('settings');
    this.uses.live(this.instances);
    this.below.inventory.company.instances = this.instances.length + 1;
  }

  said(message: Message, from: string, ageMs: number): void {
    const isOwn = from === this.selfId;
    if (message.kind === 'use') return this.uses.take(message, from, ageMs, isOwn);
    if (isOwn) return;
    if (message.kind === 'changed') this.below.outsideChanges.expect();
    if (message.kind === 'asks') this.#tellAll();
    if (message.kind === 'object') this.#learn(message);
    this.states.take(message, ageMs);
  }

  #learn({ objectId, provider, owner }: Extract<Message, { kind: 'object' }>): void {
    this.below.writeBehind.owners.learn(objectId, provider, owner && { provider, ...owner });
  }

  #tellAll(): void {
    this.uses.tellAll();
    this.states.tellAll();
  }
}

const namesOf = (instances: readonly Instance[]): string => instances.map(({ id }) => id).join();

function pageMaker({ machine, installation, gateway, listeners }: Below): () => InstancePage {
  const name = instanceId(installation.startup.DATA_DIR);
  const startedAt = machine.steadyNow();
  const host = hostname();
  return () => {
    const { inFlight, waiting } = gateway.gateway;
    return {
      name,
      version: VERSION,
      host,
      pid: process.pid,
      upMs: machine.steadyNow() - startedAt,
      inFlight,
      waiting: waiting.depth,
      requestsPerMinute: listeners.rates.read(inFlight, waiting.depth).requestsPerMinute,
    };
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
