import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { Egresses } from '../../lib/balancer/egress/egresses';
import { RouteTable } from '../../lib/balancer/routes/route-table';
import { SILENT } from '../../lib/balancer/events';
import type { Clock } from '../../lib/balancer/ports';
import { defaultSettings, type Settings } from '../../lib/config/settings';
import { createAccess } from '../../lib/gateway/request/access';
import { Gateway } from '../../lib/gateway/gateway';
import type { GatewayConfig } from '../../lib/gateway/config';
import type { ObjectOwners } from '../../lib/gateway/objects/object-owners';
import type { Recorder, RequestRecord } from '../../lib/gateway/record/record';
import type { Tracing } from '../../lib/gateway/tracing/request-span';
import { handleWeb } from '../../lib/gateway/web';
import { bodyLimits } from '../../lib/inventory/body-limits';
import type { Inventory } from '../../lib/inventory/inventory';
import { planProviders, type PlannedKey, type PlannedProvider } from '../../lib/inventory/provider-plan';
import { Providers } from '../../lib/inventory/providers';
import { ModelFilter } from '../../lib/openai/models/model-filter';
import { steadyClock, systemClock, systemRandom, systemTimers } from '../../lib/process/system-ports';
import { keyHint } from '../../lib/balancer/attribution/key-hint';
import type { ApiKeyRow } from '../../lib/store/keys/key-row';
import type { ProviderRow } from '../../lib/store/rows';
import { UpstreamClient } from '../../lib/upstream/client';

export const CLIENT_TOKEN = 'client-token';

export interface InjectOptions {
  /** Added to (and winning over) `authorization` and `content-type`; undefined removes. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Text and bytes go in as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface Injected {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json(): Record<string, unknown>;
}

/** The gateway as the program composes it, without a server, a database or a log. */
export interface InProcessGateway {
  readonly gateway: Gateway;
  /** What it told the log, one for each finished request. */
  readonly records: readonly RequestRecord[];
  /** The answer's head, with the body as it comes. */
  readonly open: (method: string, path: string, options?: InjectOptions) => Promise<Response>;
  /** The whole answer. */
  readonly inject: (method: string, path: string, options?: InjectOptions) => Promise<Injected>;
  /** Requests that come from now on obey these settings. */
  readonly configure: (settings: Partial<Settings>) => void;
}

/** What a refusal looks like is asked far more often than how waiting goes. */
const NO_WAITING = { WAIT_SECONDS: 0 };

/** Closed after the test, unless `close` tells otherwise. Upstreams are real: undici is part of what is tested. */
export function startGateway(
  given: Partial<Settings>,
  {
    clock = systemClock,
    close = onTestFinished,
    recorder,
    owners,
    tracing,
  }: {
    readonly clock?: Clock;
    readonly close?: (work: () => Promise<void>) => void;
    /** Told of each finished request too. */
    readonly recorder?: Recorder;
    /** Who owns what lives at providers; nobody by default. */
    readonly owners?: ObjectOwners;
    readonly tracing?: Tracing;
  } = {},
): InProcessGateway {
  const records: RequestRecord[] = [];
  const upstream = new UpstreamClient({ now: () => clock.now() });
  const egresses = new Egresses(systemRandom, SILENT);
  const providers = new Providers(systemRandom, SILENT, egresses, steadyClock);
  const configOf = (changed: Partial<Settings>): GatewayConfig =>
    compiled(providers, { ...defaultSettings, ...NO_WAITING, ALLOWED_TOKENS: [CLIENT_TOKEN], ...changed });
  const gateway = new Gateway(configOf(given), {
    clock,
    random: systemRandom,
    timers: systemTimers,
    upstream,
    load: { requestsMax: 1_000, shortOf: 'memory' },
    recorder: {
      record: (request) => {
        records.push(request);
        recorder?.record(request);
      },
    },
    ...(owners !== undefined && { owners }),
    tracing,
    onWrongTokens: () => 0,
    onBug: (error) => {
      throw error;
    },
  });
  close(async () => {
    gateway.cutOff();
    await gateway.idle();
    await upstream.close();
  });
  const open: InProcessGateway['open'] = (method, path, options = {}) =>
    handleWeb(gateway, requestOf(method, path, options));
  return {
    gateway,
    records,
    open,
    inject: async (method, path, options) => {
      const response = await open(method, path, options);
      const text = await response.text();
      const { status, headers } = response;
      return { status, headers, text, json: () => JSON.parse(text) as Record<string, unknown> };
    },
    configure: (changed) => gateway.configure(configOf({ ...given, ...changed })),
  };
}

function requestOf(method: string, path: string, { body, headers, signal }: InjectOptions): Request {
  const isText = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = isText ? body : JSON.stringify(body);
  const all = {
    authorization: `Bearer ${CLIENT_TOKEN}`,
    ...(bytes !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
    }),
    ...headers,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Request(`http://gateway.test${path}`, {
    method,
    headers: present,
    ...(bytes !== undefined && { body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes) }),
    ...(signal !== undefined && { signal }),
  });
}

function compiled(providers: Providers, settings: Settings): GatewayConfig {
  return {
    providers: providers.compile(inventoryOf(settings), settings),
    defaultProvider: settings.DEFAULT_PROVIDER,
    access: createAccess(
      [...settings.ALLOWED_TOKENS, settings.AUTH_TOKEN]
        .filter((value) => value !== '')
        .map((value) => ({ id: value, value, hint: keyHint(value) })),
    ),
    filteredModels: new ModelFilter(settings.FILTERED_MODELS),
    routes: new RouteTable(settings.MODEL_ROUTES),
    listsAllModels: settings.LIST_ALL_MODELS,
    ...bodyLimits(settings),
    streamKeepAliveMs: settings.STREAM_KEEPALIVE_SECONDS * 1000,
    hedging: { afterMs: settings.HEDGE_SECONDS * 1000 },
    waiting: { waitMs: settings.WAIT_SECONDS * 1000, queueMax: settings.WAIT_QUEUE_MAX },
  };
}

/** What the settings describe, as rows that no database has seen. */
function inventoryOf(settings: Settings): Inventory {
  const planned = planProviders(settings);
  return {
    providers: planned.map(providerRow),
    keys: new Map(
      planned.map(({ slug, keys }) => [
        slug,
        new Map(keys.map((key) => [key.value, plannedKeyRow(slug, key)])),
      ]),
    ),
    egresses: [],
    clientTokens: [],
    keysVersion: 1,
    egressesVersion: 0,
    syncedAs: undefined,
  };
}

function providerRow({ keys: _keys, proxies: _proxies, ...plan }: PlannedProvider): ProviderRow {
  return {
    ...plan,
    id: plan.slug,
    source: 'environment',
    position: 0,
    egress: { mode: 'direct' },
    limits: plan.limits ?? null,
    auth: plan.auth ?? 'bearer',
    query: plan.query ?? {},
    createdAt: 0,
    updatedAt: 0,
    version: 1,
  };
}

function plannedKeyRow(slug: string, { value, weight, limits, account }: PlannedKey): ApiKeyRow {
  return { ...keyRow(slug, value, weight), limits: limits ?? null, account: account ?? null };
}

/** A key that has just been configured. */
export function keyRow(providerId: string, value: string, weight: number): ApiKeyRow {
  return {
    id: createHash('sha256').update(value).digest('hex').slice(0, 16),
    providerId,
    value,
    hint: keyHint(value),
    source: 'environment',
    weight,
    note: '',
    egressId: null,
    limits: null,
    account: null,
    tags: [],
    createdAt: 0,
    updatedAt: 0,
    version: 1,
    isDisabled: false,
    disabledBy: null,
    epoch: 0,
    reason: null,
    failures: 0,
    cooldownUntil: null,
    modelCooldowns: {},
    requestCount: 0,
    errorCount: 0,
    lastUsedAt: null,
    lastErrorAt: null,
    lastErrorStatus: null,
    uses: null,
  };
}
