import { join } from 'node:path';
import { freePort } from '../../tests/support/free-port';
import { Admin } from '../admin';
import { ADMIN_TOKEN, baseUrl, keysOf, startBuilt, type Contender } from '../contenders';
import { jobFor, measure, type Kind } from '../measure';
import { othersShare, workSoFar } from '../others';
import { median } from '../rounds';
import { fillLog } from '../rows/fill';
import { openPlace } from '../rows/places';
import type { Stage } from '../stage';
import { SMALL_CHAT } from '../traffic';
import { SMALL } from './requests';

const ROUNDS = 9;
const REQUESTS = 8_000;
const CONNECTIONS = 32;
const LOG_ROWS = 10_000_000;
const CLIENT_TOKEN = 'bench-client-token-0123456789';
const PROVIDER = 'main';

/** What there is of everything. */
interface Size {
  readonly keys: number;
  readonly tokens: number;
  readonly providers: number;
  readonly routes: number;
  readonly logRows: number;
  /** Keys and the client's token have limits, the token a budget, and each answer gets an owner. */
  readonly hasLimits: boolean;
}
const FEW: Size = { keys: 500, tokens: 10, providers: 1, routes: 0, logRows: 0, hasLimits: false };

/** One thing grows, the others stay few. */
const GROWN: readonly { readonly what: string; readonly size: Size }[] = [
  { what: 'keys', size: { ...FEW, keys: 50_000 } },
  { what: 'client tokens', size: { ...FEW, tokens: 10_000 } },
  { what: 'providers', size: { ...FEW, providers: 200 } },
  { what: 'routes', size: { ...FEW, routes: 1_000 } },
  { what: 'rows of the request log', size: { ...FEW, logRows: LOG_ROWS } },
  { what: 'limits, budget and owners', size: { ...FEW, hasLimits: true } },
];

export interface Growth {
  readonly date: string;
  /** CPU of a small request where there is little of everything. */
  readonly cpuUs: number;
  readonly rows: readonly {
    readonly what: string;
    readonly few: string;
    readonly many: string;
    readonly cpuUs: number;
    /** By what it is with few: the median of the rounds. */
    readonly ratio: number;
  }[];
  /** CPU that others used meanwhile, as a share of one core. */
  readonly othersShare: number;
}

/** What a small request costs as there is more of one thing: gateways of each size take turns, the others pause. */
export async function growth(stage: Stage, scale: number): Promise<Growth> {
  const sizes = [{ what: '', size: FEW }, ...GROWN];
  const gateways: Contender[] = [];
  for (const { size } of sizes) {
    const scaled = { ...size, logRows: size.logRows * scale };
    gateways.push(await start(stage, scaled, join(stage.folder, `growth-${gateways.length}`)));
  }
  const kinds = sizes.map(({ size }) => kindOf(size));
  const requests = Math.ceil(REQUESTS * scale);
  const cpuUs = gateways.map((): number[] => []);
  for (const { program } of gateways) program.pause();
  const turn = async (index: number, gateway: Contender): Promise<number> => {
    gateway.program.resume();
    const how = { kind: 'closed' as const, connections: CONNECTIONS, requests };
    const measured = await measure(
      'growth',
      stage.load,
      gateway,
      jobFor(gateway, kinds[index] ?? SMALL, how),
    );
    gateway.program.pause();
    if (measured.statuses['200'] !== measured.requests) throw new Error(JSON.stringify(measured.statuses));
    return measured.cpuUsPerRequest;
  };
  for (let warmUp = 0; warmUp < 3; warmUp++)
    for (const [index, one] of gateways.entries()) await turn(index, one);
  const before = workSoFar();
  for (let round = 0; round < ROUNDS; round++) {
    const inTurn = [...gateways.entries()];
    for (const [index, one] of round % 2 === 0 ? inTurn : inTurn.toReversed()) {
      cpuUs[index]?.push(await turn(index, one));
    }
  }
  const share = othersShare(before, workSoFar());
  for (const { program } of gateways) await program.stop();
  return grown(cpuUs, share);
}

function grown([few = [], ...others]: readonly number[][], share: number): Growth {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpuUs: median(few),
    rows: GROWN.map(({ what, size }, index) => {
      const cpuUs = others[index] ?? [];
      const [field = 'keys'] = (Object.keys(FEW) as (keyof Size)[]).filter((key) => size[key] !== FEW[key]);
      const told = (value: Size[keyof Size]) =>
        typeof value === 'boolean' ? (value ? 'on' : 'off') : value.toLocaleString('en');
      const ratio = median(cpuUs.map((each, round) => each / (few[round] ?? NaN)));
      return { what, few: told(FEW[field]), many: told(size[field]), cpuUs: median(cpuUs), ratio };
    }),
    othersShare: share,
  };
}

/** With owners, the provider is asked to keep each answer. */
function kindOf({ hasLimits }: Size): Kind {
  if (!hasLimits) return SMALL;
  return { ...SMALL, body: JSON.stringify({ ...(JSON.parse(SMALL_CHAT) as object), store: true }) };
}

async function start(stage: Stage, size: Size, folder: string): Promise<Contender> {
  if (size.logRows === 0) return started(stage, size, folder, []);
  const place = await openPlace('sqlite', folder);
  // It makes what rows name: keys and tokens.
  const first = await started(stage, size, folder, place.settings);
  await first.program.stop();
  const database = await place.open();
  console.log(`${new Date().toISOString().slice(11, 19)} the log is filled`);
  await fillLog(database, size.logRows, Date.now(), () => undefined);
  await database.close();
  return started(stage, size, folder, place.settings);
}

async function started(
  stage: Stage,
  size: Size,
  folder: string,
  place: readonly string[],
): Promise<Contender> {
  const port = await freePort();
  const settings = [...place, ...settingsFor(stage, size)];
  const program = await startBuilt({ folder, port, settings });
  const headers = { authorization: `Bearer ${CLIENT_TOKEN}` };
  const gateway: Contender = {
    name: 'openai-balance',
    version: '',
    program,
    target: (_lane, endpoint) => ({ port, path: `/v1${endpoint}`, headers }),
  };
  await new Admin(gateway).importTokens(tokensFor(size));
  return gateway;
}

const MANY = 1_000_000;
const LIMITS = { requestsPerMinute: MANY, tokensPerMinute: 1_000 * MANY, concurrency: 1_000 };
const KEY_LIMITS = { requests_per_minute: MANY, tokens_per_minute: 1_000 * MANY, concurrency: 100 };

function tokensFor({ tokens, hasLimits }: Size): { readonly name: string; readonly value?: string }[] {
  const rules = hasLimits && { limits: LIMITS, budget: { amount: 1_000 * MANY, unit: 'usd', period: 'day' } };
  const others = Array.from({ length: tokens - 1 }, (_, n) => ({ name: `client ${n}` }));
  return [{ name: 'client', value: CLIENT_TOKEN, ...rules }, ...others];
}

function settingsFor({ origins }: Stage, { keys, providers, routes, hasLimits }: Size): string[] {
  const all = Array.from({ length: providers }, (_, n) => ({
    name: n === 0 ? PROVIDER : `other-${n}`,
    path: n === 0 ? PROVIDER : `other-${n}`,
    base_url: baseUrl(origins, 'plain'),
    api_keys: keysOf(n === 0 ? 'plain' : `other-${n}`, n === 0 ? keys : 1),
    ...(hasLimits && { limits: KEY_LIMITS }),
  }));
  // The model that is asked for has one of them.
  const named = Array.from({ length: routes }, (_, n) => ({
    name: n === routes - 1 ? 'gpt-4o-mini' : `route-${n}`,
    targets: [{ provider: PROVIDER, model: 'gpt-4o-mini' }],
  }));
  return [
    `PROVIDERS_CONFIG='${JSON.stringify(all)}'`,
    `DEFAULT_PROVIDER=${PROVIDER}`,
    `MODEL_ROUTES='${JSON.stringify(named)}'`,
    `ALLOWED_TOKENS=${ADMIN_TOKEN}`,
    `AUTH_TOKEN=${ADMIN_TOKEN}`,
    'DRAIN_SECONDS=0',
  ];
}
