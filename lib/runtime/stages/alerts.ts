import { setTimeout as wait } from 'node:timers/promises';
import type { AttentionItem } from '../../admin/contract/stats';
import { readAttention } from '../../admin/stats/attention';
import { readSaid } from '../../admin/words/read-said';
import type { AdminParts } from '../../admin/context';
import { Alerts } from '../../alerts/alerts';
import { IncidentHistory } from '../../alerts/incident-history';
import { loadWords, type Words } from '../../alerts/words';
import type { LiveSettings } from '../../config/live-settings';
import { egressBindings } from '../../inventory/egress-bindings';
import type { Jobs } from '../../jobs/jobs';
import { post } from '../../upstream/post';
import type { AdminListeners } from '../admin-listeners';
import { ShortageWatch } from '../shortage-watch';
import { throughSharedProxies } from '../through-shared-proxies';
import type { GatewayStage } from './gateway';
import type { Installation } from './installation';
import type { InventoryStage } from './inventory';
import type { Machine } from './machine';

/** An alert is a few hundred bytes: a receiver that takes longer hangs. */
const TIMEOUT_MS = 10_000;
const LOOK_MS = 2_000;
/** Whoever looks at the same time sees the same. */
const SEEN_MS = 1_000;
/** Sooner than a lease of the regular work ends: whoever had it has to know why. */
const PING_MS = 5_000;

export interface AlertsStage {
  readonly alerts: Alerts;
  readonly shortages: ShortageWatch;
  /** From now on it looks at what these say needs attention. Resolves when the last look is over. */
  readonly follow: (parts: AdminParts) => () => Promise<void>;
}

interface Below {
  readonly machine: Machine;
  readonly installation: Pick<Installation, 'store'>;
  readonly settings: LiveSettings;
  readonly inventory: InventoryStage;
  readonly gateway: GatewayStage;
  readonly jobs: Jobs;
  readonly listeners: AdminListeners;
}

/** Who is told of incidents, and where they are kept. Nothing is told or kept before it follows. */
export function openAlerts(below: Below): AlertsStage {
  const { machine, installation, settings, inventory, gateway, jobs, listeners } = below;
  const { store } = installation;
  const { now, steadyNow, logger } = machine;
  const shortages = new ShortageWatch({
    ping: () => store.ping(),
    troubles: machine.ownLimits.troubles,
    now,
  });
  let parts: AdminParts | undefined;
  let words: Promise<Words> | undefined;
  const { egresses } = inventory;
  const ways = {
    egresses,
    sharedBinding: () => egressBindings(gateway.configuration.inventory.egresses, false)({ mode: 'shared' }),
  };
  const incidents = async () => (parts === undefined ? [] : seenBy(parts));
  const hasTurn = turnOf(jobs, shortages);
  const onError = (error: unknown, what: string) => logger.error({ err: error }, what);
  const ofHistory = { incidents, hasTurn, now, steadyNow, onError, store: store.incidents };
  const history = new IncidentHistory(ofHistory);
  const alerts = new Alerts({
    receivers: () => settings.current.ALERT_RECEIVERS,
    zone: () => settings.current.TIMEZONE,
    incidents,
    hasTurn,
    states: store.alertStates,
    words: () => (words ??= loadWords(readSaid)),
    send: (posting, signal) =>
      throughSharedProxies(ways, signal, (egressUrl) =>
        post(posting, { egressUrl, timeoutMs: TIMEOUT_MS, signal }),
      ),
    wait: (ms, signal) => wait(ms, undefined, { signal, ref: false }),
    now,
    steadyNow,
    onSent: ({ ok }) => gateway.metrics.alertSent(ok),
    onNews: () => listeners.live.changed('settings'),
    onError,
  });
  return {
    alerts,
    shortages,
    follow(given) {
      parts = given;
      return lookAgainAndAgain(shortages, alerts, history);
    },
  };
}

/** Resolves when the last look is over. */
function lookAgainAndAgain(
  shortages: ShortageWatch,
  ...watchers: readonly (Alerts | IncidentHistory)[]
): () => Promise<void> {
  const pinging = setInterval(() => void shortages.look(), PING_MS).unref();
  const looking = setInterval(() => {
    for (const watcher of watchers) void watcher.look();
  }, LOOK_MS).unref();
  return async () => {
    clearInterval(pinging);
    clearInterval(looking);
    for (const watcher of watchers) await watcher.close();
  };
}

async function seenBy(parts: AdminParts): Promise<readonly AttentionItem[]> {
  const { items } = await parts.cache.get('attention seen', SEEN_MS, () => readAttention(parts));
  return items;
}

/** While the database is out nobody can take the turn: whoever had it last tells of that. */
function turnOf(jobs: Jobs, shortages: ShortageWatch): () => boolean {
  let had = false;
  return () => {
    if (!shortages.isDatabaseOut) had = jobs.hasTurn;
    return had;
  };
}
