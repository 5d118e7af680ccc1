import type { ObjectOwner } from '../../balancer/pool/object-owner';
import {
  cursorsIn,
  isListPath,
  objectPath,
  queryReferences,
  type ObjectPath,
} from '../../openai/objects/object-paths';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import type { GatewayRoute } from '../request/route';
import type { RequestHead } from '../../openai/request/request-head';
import { referencesIn } from './body-references';
import type { ObjectOwners, Owner, OwnerLookup } from './object-owners';

/** Which key a request depends on, because of the objects that it names. */
export interface Binding {
  /** What its path is about. */
  readonly path: ObjectPath | undefined;
  /** The provider asked for, or the fallback of it that has the object; then no other is asked. */
  readonly provider: GatewayProvider;
  readonly owner: ObjectOwner | undefined;
  /** What was its owner, and is deleted: its object is looked for with other keys of this provider. */
  readonly gone?: ObjectOwner | undefined;
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
  { references, mayName }: Pick<RequestHead, 'references' | 'mayName'>,
  owners: ObjectOwners,
): Binding | Promise<Binding> {
  const { route, request } = exchange;
  const path = objectPath(route.path);
  const inUrl = urlReferences(path, route);
  const type = request.header('content-type');
  const asked = { body, type, path: route.path, mayName, signal: request.signal };
  const inBody = references ?? referencesIn(asked);
  const decide = (more: readonly string[]) => {
    const ids = [...inUrl, ...more];
    return decided({ exchange, path, provider, ids }, owners);
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

/** A request that names these objects. */
interface Naming {
  readonly exchange: LiveExchange;
  readonly path: ObjectPath | undefined;
  readonly provider: GatewayProvider;
  readonly ids: readonly string[];
}

function decided(naming: Naming, owners: ObjectOwners): Binding | Promise<Binding> {
  const { ids } = naming;
  const unknown = ids.filter((id) => owners.ownerOf(id) === undefined);
  const finding = unknown.length === 0 ? undefined : owners.find(unknown);
  if (finding === undefined) return bound(naming, owners);
  return finding.then(() => {
    const binding = bound(naming, owners);
    return binding.lookup === 'memory' ? { ...binding, lookup: 'database' } : binding;
  });
}

function bound({ exchange, path, provider, ids }: Naming, owners: ObjectOwners): Binding {
  for (const objectId of ids) {
    const owner = owners.ownerOf(objectId);
    const home = owner === undefined ? undefined : homeOf(exchange.config, provider, owner);
    if (owner === undefined || home === undefined) continue;
    // It is still in use.
    owners.remember([objectId], owner);
    const known = { objectId, keyId: owner.keyId };
    // A new key of the same project may have taken its place.
    return home.pool.key(owner.keyId) === undefined && isReading(exchange)
      ? { path, provider: home, owner: undefined, gone: known, sought: ids, lookup: 'memory' }
      : { path, provider: home, owner: known, sought: undefined, lookup: 'memory' };
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

function isReading({ request: { method } }: LiveExchange): boolean {
  return method === 'GET' || method === 'HEAD';
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
