import type { KeyState } from '../../balancer/pool/key-state';
import type { ObjectOwner } from '../../balancer/pool/object-owner';
import {
  cursorsIn,
  isListPath,
  objectPath,
  queryReferences,
  type ObjectPath,
} from '../../openai/objects/object-paths';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { RequestBody } from '../body/spooled-body';
import type { LiveExchange } from '../exchange/live-exchange';
import type { GatewayRoute } from '../request/route';
import type { Plan } from '../routing/plan';
import type { RequestHead } from '../../openai/request/request-head';
import { referencesIn } from './body-references';
import type { ObjectOwners, Owner, OwnerLookup } from './object-owners';

/** Which key a request depends on, because of the objects that it names. */
export interface Binding {
  /** What its path is about. */
  readonly path: ObjectPath | undefined;
  /** Where the request goes; `provider` may be another of its places. */
  readonly plan: Plan;
  /** The provider asked for, or the place of the plan that has the object; then no other is asked. */
  readonly provider: GatewayProvider;
  readonly owner: ObjectOwner | undefined;
  /** What was its owner, and is deleted: its object is looked for with other keys of this provider. */
  readonly gone?: ObjectOwner | undefined;
  /** Its owner is only supposed: if that does not have the object, it is looked for at all targets of the plan. */
  readonly isSupposed?: true | undefined;
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
  plan: Plan,
  body: RequestBody,
  { references, mayName }: Pick<RequestHead, 'references' | 'mayName'>,
  owners: ObjectOwners,
): Binding | Promise<Binding> {
  const { route, request } = exchange;
  const path = objectPath(route.path);
  const inUrl = urlReferences(path, route);
  const type = request.header('content-type');
  const { signal } = request;
  // Of a body in a file all has been read.
  const inBody =
    references ??
    (Buffer.isBuffer(body) ? referencesIn({ body, type, path: route.path, mayName, signal }) : NONE);
  const decide = (more: readonly string[]) => {
    const ids = [...inUrl, ...more];
    return decided({ exchange, path, plan, ids }, owners);
  };
  if (inBody instanceof Promise) return inBody.then(decide);
  if (inUrl.length + inBody.length === 0) {
    const { provider } = plan;
    return { path, plan, provider, owner: undefined, sought: undefined, lookup: undefined };
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
  readonly plan: Plan;
  readonly ids: readonly string[];
}

function decided(naming: Naming, owners: ObjectOwners): Binding | Promise<Binding> {
  const { exchange, ids } = naming;
  const { places } = naming.plan;
  const doubtful = ids.filter((id) => isDoubtful(homeOf(exchange.config, places, owners.ownersOf(id))));
  const finding = doubtful.length === 0 ? undefined : owners.find(doubtful);
  if (finding === undefined) return inherited(bound(naming, owners), owners);
  return finding.then(() => {
    const binding = bound(naming, owners);
    return inherited(binding.lookup === 'memory' ? { ...binding, lookup: 'database' } : binding, owners);
  });
}

/** What a deleted key has made is there for the other keys of its account. */
function inherited(binding: Binding, owners: ObjectOwners): Binding | Promise<Binding> {
  const { owner, gone, provider } = binding;
  const lost = gone ?? owner;
  if (lost === undefined || provider.pool.key(lost.keyId) !== undefined) return binding;
  return owners.accountOf(lost.keyId).then((account) => {
    const heir = account === undefined ? undefined : heirOf(provider.pool.keys, account);
    if (heir === undefined) return binding;
    const { keyId } = heir.config;
    return {
      ...binding,
      gone: undefined,
      owner: { ...lost, keyId },
      sought: binding.isSupposed && binding.sought,
    };
  });
}

function heirOf(keys: readonly KeyState[], account: string): KeyState | undefined {
  const heirs = keys.filter((key) => key.account?.name === account);
  return heirs.find(({ disabled }) => disabled === undefined) ?? heirs[0];
}

function bound({ exchange, path, plan, ids }: Naming, owners: ObjectOwners): Binding {
  for (const objectId of ids) {
    const home = homeOf(exchange.config, plan.places, owners.ownersOf(objectId));
    if (home === undefined) continue;
    owners.used(objectId, home.owner);
    const { keyId, isSupposed } = home.owner;
    const known = { objectId, keyId };
    const binding = { path, plan, provider: home.place, lookup: 'memory' } as const;
    // A new key of the same project may have taken its place.
    const isGone = home.place.isEnabled && home.place.pool.key(keyId) === undefined && isReading(exchange);
    if (isGone) return { ...binding, owner: undefined, gone: known, sought: ids };
    return isSupposed === true
      ? { ...binding, owner: known, isSupposed, sought: ids }
      : { ...binding, owner: known, sought: undefined };
  }
  const isAsking = ids.length > 0;
  return {
    path,
    plan,
    provider: plan.provider,
    owner: undefined,
    sought: isAsking ? ids : undefined,
    lookup: isAsking ? 'unknown' : undefined,
  };
}

function isReading({ request: { method } }: LiveExchange): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Where an object is, as far as this request can get. */
interface Home {
  readonly place: GatewayProvider;
  readonly owner: Owner;
}

/** The database may know better. */
function isDoubtful(home: Home | undefined): boolean {
  return home === undefined || home.owner.isSupposed === true;
}

/**
 * Of the providers that the request may go to, or could if they were enabled, the first that has an owner, or had it
 * before the key was deleted.
 */
function homeOf(
  config: GatewayConfig,
  places: readonly GatewayProvider[],
  owners: readonly Owner[],
): Home | undefined {
  const known = owners.filter(({ isSupposed }) => isSupposed !== true);
  const supposed = owners.filter(({ isSupposed }) => isSupposed === true);
  const enabled = () => places.filter(({ isEnabled }) => isEnabled);
  return homeAmong(config, places, known) ?? homeAmong(config, enabled(), supposed);
}

function homeAmong(
  config: GatewayConfig,
  places: readonly GatewayProvider[],
  owners: readonly Owner[],
): Home | undefined {
  if (owners.length === 0) return undefined;
  for (const place of places) {
    const owner = owners.find(({ keyId }) => place.pool.key(keyId) !== undefined);
    if (owner !== undefined) return { place, owner };
  }
  for (const place of places) {
    const owner = owners.find(({ provider, keyId }) => provider === place.slug && !isAnywhere(config, keyId));
    if (owner !== undefined) return { place, owner };
  }
  return undefined;
}

function isAnywhere({ providers }: GatewayConfig, keyId: string): boolean {
  for (const { pool } of providers.values()) if (pool.key(keyId) !== undefined) return true;
  return false;
}
