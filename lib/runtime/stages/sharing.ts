import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { instancesOf, type Instance, type InstancePage } from '../../cluster/instances';
import { Link, type LinkState } from '../../cluster/link';
import { RedisChannel } from '../../cluster/redis-channel';
import { SharedStates } from '../../cluster/shared-states';
import type { OutsideChanges } from '../../inventory/outside-changes';
import { VERSION } from '../../process/version';
import type { AdminListeners } from '../admin-parts';
import type { GatewayStage } from './gateway';
import type { Installation } from './installation';
import type { InventoryStage } from './inventory';
import type { Machine } from './machine';

/** How this instance and the others know of each other. */
export interface SharingStage {
  readonly state: LinkState;
  /** All that live, this one included, as of the last second. */
  readonly instances: readonly Instance[];
  readonly selfId: string;
  close(): Promise<void>;
}

interface Below {
  readonly machine: Machine;
  readonly installation: Installation;
  readonly inventory: InventoryStage;
  readonly gateway: GatewayStage;
  readonly listeners: AdminListeners;
  readonly outsideChanges: OutsideChanges;
}

/** From now on in touch with the others; undefined where no Redis is set. Nothing waits for it. */
export async function openSharing(below: Below): Promise<SharingStage | undefined> {
  const { machine, installation, inventory, outsideChanges } = below;
  const { logger, steadyNow } = machine;
  const { REDIS_URL } = installation.startup;
  if (REDIS_URL === '') return undefined;
  const selfId = randomUUID();
  const ownPage = pageMaker(below);
  let others: readonly Instance[] = [];
  const states = new SharedStates({
    pools: inventory.providers.pools,
    egresses: inventory.egresses,
    now: steadyNow,
    send: (name, make) => link.send(name, make),
  });
  const link = new Link({
    channel: new RedisChannel(REDIS_URL, await installation.store.installationId()),
    self: selfId,
    now: steadyNow,
    page: () => JSON.stringify(ownPage()),
    onMessage(message, ageMs) {
      if (message.kind === 'changed') outsideChanges.expect();
      else states.take(message, ageMs);
    },
    onPages(pages) {
      others = instancesOf(pages);
    },
    onGap() {
      outsideChanges.expect(true);
      link.send('asks', () => ({ kind: 'asks' }));
    },
    onState: (state) => tellOf(state, logger),
    onError: (error) => logger.error({ err: error }, 'what another instance has told was not understood'),
  });
  inventory.events.add(states.events);
  installation.store.changeNotes.onOwnLeft(() => link.send('changed', () => ({ kind: 'changed' })));
  link.start();
  return {
    selfId,
    get state() {
      return link.state;
    },
    get instances() {
      return [{ ...ownPage(), id: selfId }, ...others];
    },
    close: () => link.close(),
  };
}

function pageMaker({ machine, gateway, listeners }: Below): () => InstancePage {
  const startedAt = machine.steadyNow();
  const host = hostname();
  return () => {
    const { inFlight, waiting } = gateway.gateway;
    return {
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
