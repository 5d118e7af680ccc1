import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectOwner } from '../../balancer/pool/object-owner';
import {
  cursorsIn,
  isListPath,
  objectPath,
  queryReferences,
  type ObjectPath,
} from '../../openai/objects/object-paths';
import { AT_ONCE_BYTES, bodyReferences, readReferences } from '../../openai/objects/references';
import { isJson, mediaType } from '../../openai/request/media-type';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import type { GatewayRoute } from '../request/route';
import type { ObjectOwners, Owner, OwnerLookup } from './object-owners';

/** Which key a request depends on, because of the objects that it names. */
export interface Binding {
  /** What its path is about. */
  readonly path: ObjectPath | undefined;
  /** The provider asked for, or the fallback of it that has the object; then no other is asked. */
  readonly provider: GatewayProvider;
  readonly owner: ObjectOwner | undefined;
  /** Objects that it names and that nobody is known to own; undefined if it names none. */
  readonly sought: readonly string[] | undefined;
  /** Where its owner was found; undefined if it names nothing. */
  readonly lookup: OwnerLookup | undefined;
}

/**
 * The object in the path decides, then what the body cannot be served without. Where a request names objects of two
 * owners, the provider says what it thinks of that. An owner at a provider that this request may not go to says
 * nothing: ids of two providers may be alike.
 */
export function bindingOf(
  exchange: LiveExchange,
  provider: GatewayProvider,
  body: Buffer,
  owners: ObjectOwners,
): Binding | Promise<Binding> {
  const { route, request } = exchange;
  const path = objectPath(route.path);
  const inUrl = urlReferences(path, route);
  const isRead = body.length > 0 && isLikeJson(body, request.header('content-type'));
  const inBody = isRead ? referencesIn(exchange, body) : NONE;
  const decide = (more: readonly string[]) => {
    const ids = [...inUrl, ...more];
    return decided(exchange.config, path, provider, ids, owners);
  };
  if (inBody instanceof Promise) return inBody.then(decide);
  if (inUrl.length + inBody.length === 0) {
    return { path, provider, owner: undefined, sought: undefined, lookup: undefined };
  }
  return decide(inBody);
}

const NONE: readonly string[] = [];
/** Most requests name nothing here. */
function urlReferences(path: ObjectPath | undefined, { path: text, query }: GatewayRoute): readonly string[] {
  const ids = path?.ids ?? NONE;
  if (query === '') return ids;
  const isList = path !== undefined && isListPath(path, text);
  return [...ids, ...queryReferences(query), ...(isList ? cursorsIn(query) : NONE)];
}

const OPEN_BRACE = 0x7b;
/** Reading gives way to everything else after so long. */
const HELD_MS_MAX = 5;

function isLikeJson(body: Buffer, type: string | undefined): boolean {
  return body[0] === OPEN_BRACE || isJson(mediaType(type));
}

/** At once in a small body; in a large one a slice at a time. */
function referencesIn(
  { route, request }: LiveExchange,
  body: Buffer,
): readonly string[] | Promise<readonly string[]> {
  if (body.length <= AT_ONCE_BYTES) return readReferences(body, route.path);
  return readOn(bodyReferences(body, route.path), request.signal);
}

async function readOn(
  reading: Generator<void, readonly string[]>,
  signal: { readonly aborted: boolean },
): Promise<readonly string[]> {
  let since = performance.now();
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < HELD_MS_MAX) continue;
    await nextTurn();
    if (signal.aborted) return NONE;
    since = performance.now();
  }
}

function decided(
  config: GatewayConfig,
  path: ObjectPath | undefined,
  provider: GatewayProvider,
  ids: readonly string[],
  owners: ObjectOwners,
): Binding | Promise<Binding> {
  const unknown = ids.filter((id) => owners.ownerOf(id) === undefined);
  const finding = unknown.length === 0 ? undefined : owners.find(unknown);
  if (finding === undefined) return bound(config, path, provider, ids, owners);
  return finding.then(() => {
    const binding = bound(config, path, provider, ids, owners);
    return binding.lookup === 'memory' ? { ...binding, lookup: 'database' } : binding;
  });
}

function bound(
  config: GatewayConfig,
  path: ObjectPath | undefined,
  provider: GatewayProvider,
  ids: readonly string[],
  owners: ObjectOwners,
): Binding {
  for (const objectId of ids) {
    const owner = owners.ownerOf(objectId);
    const home = owner === undefined ? undefined : homeOf(config, provider, owner);
    if (owner === undefined || home === undefined) continue;
    // It is still in use.
    owners.remember([objectId], owner);
    return {
      path,
      provider: home,
      owner: { objectId, keyId: owner.keyId },
      sought: undefined,
      lookup: 'memory',
    };
  }
  const isAsking = ids.length > 0;
  return {
    path,
    provider,
    owner: undefined,
    sought: isAsking ? ids : undefined,
    lookup: isAsking ? 'unknown' : undefined,
  };
}

/** Of the providers that the request may go to the one that has the owner, or had it before the key was deleted. */
function homeOf(config: GatewayConfig, provider: GatewayProvider, owner: Owner): GatewayProvider | undefined {
  const places = placesOf(config, provider);
  const place = places.find(({ pool }) => pool.key(owner.keyId) !== undefined);
  if (place !== undefined) return place;
  for (const { pool } of config.providers.values()) {
    if (pool.key(owner.keyId) !== undefined) return undefined;
  }
  return places.find(({ slug }) => slug === owner.provider);
}

function placesOf(config: GatewayConfig, provider: GatewayProvider): GatewayProvider[] {
  const fallbacks = provider.fallbacks.map((slug) => config.providers.get(slug));
  return [provider, ...fallbacks.filter((one) => one?.isEnabled === true)] as GatewayProvider[];
}
