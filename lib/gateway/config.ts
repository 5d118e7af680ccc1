import type { Pool } from '../balancer/pool/pool';
import type { HedgeRules } from '../balancer/attempts/hedging';
import type { Fallback } from '../balancer/routes/model-route';
import { RouteTable } from '../balancer/routes/route-table';
import type { WaitRules } from '../balancer/waiting/waiting-room';
import { ModelFilter } from '../openai/models/model-filter';
import type { UpstreamTarget } from '../upstream/target';
import { createAccess, type Access } from './request/access';

/** A provider as the gateway uses it. */
export interface GatewayProvider {
  readonly slug: string;
  readonly isEnabled: boolean;
  readonly pool: Pool;
  readonly target: UpstreamTarget;
  /** The providers to try when this one cannot answer, in order. */
  readonly fallbacks: readonly Fallback[];
  /** Used for listing models, and for nothing else. */
  readonly modelRequestKey: { readonly secret: string; readonly hint: string } | undefined;
  /** The model that is asked to test a key. */
  readonly testModel: string;
}

/** What the gateway works by. Replaced as a whole when a setting changes; a request keeps the one it began with. */
export interface GatewayConfig {
  readonly providers: ReadonlyMap<string, GatewayProvider>;
  readonly defaultProvider: string;
  readonly access: Access;
  readonly filteredModels: ModelFilter;
  readonly routes: RouteTable;
  /** The models of all providers are listed, not those of the default provider alone. */
  readonly listsAllModels: boolean;
  /** Of one request. */
  readonly bodyBytesMax: number;
  /** The setting that says so. */
  readonly bodyLimitName: string;
  /** Of all requests together. */
  readonly bodiesBytesMax: number;
  /** Of the files of all requests together; with 0 all bodies stay in memory. */
  readonly bodiesOnDiskBytesMax: number;
  /** A client that waits for a stream hears from us this often; 0 is off. */
  readonly streamKeepAliveMs: number;
  readonly waiting: WaitRules;
  readonly hedging: HedgeRules;
}

/** Refuses everything: in force until the configuration has been read. */
export function emptyConfig(): GatewayConfig {
  return {
    providers: new Map(),
    defaultProvider: '',
    access: createAccess([]),
    filteredModels: new ModelFilter([]),
    routes: new RouteTable(),
    listsAllModels: false,
    bodyBytesMax: 0,
    bodyLimitName: 'MAX_BODY_MB',
    bodiesBytesMax: 0,
    bodiesOnDiskBytesMax: 0,
    streamKeepAliveMs: 0,
    waiting: { waitMs: 0, queueMax: 0 },
    hedging: { afterMs: 0 },
  };
}
