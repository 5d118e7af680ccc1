/** The key that has made an object at a provider, or was shown it. */
export interface Owner {
  /** Slug. */
  readonly provider: string;
  readonly keyId: string;
  /** Some answer has only mentioned the object. */
  readonly isSupposed?: boolean | undefined;
}

type Owners = readonly Owner[];
const NONE: Owners = [];
/** Providers that have an object of the same id; nobody has more. */
const ALIKE_MAX = 8;

/**
 * The objects used last, and who owns them, one at each provider. The one not used for longest makes room for a new
 * one, and what is only supposed does so before anything that is known.
 */
export class OwnerMemory {
  readonly #known = new Map<string, Owners>();
  readonly #supposed = new Map<string, Owners>();
  /** One for all objects of a key: an entry costs little more than its id then. */
  readonly #shared = { known: new Map<string, Owners>(), supposed: new Map<string, Owners>() };

  constructor(private readonly objectsMax: number) {}

  get size(): number {
    return this.#known.size + this.#supposed.size;
  }

  /** Those that are known come first; no two of one provider. Counts as a use. */
  get(id: string): Owners {
    const known = used(this.#known, id);
    const supposed = this.#supposed.size === 0 ? undefined : used(this.#supposed, id);
    if (known === undefined || supposed === undefined) return known ?? supposed ?? NONE;
    return [...known, ...supposed.filter(({ provider }) => !isOf(known, provider))];
  }

  /** Whether it is known to be this one's. */
  has(id: string, { provider, keyId }: Owner): boolean {
    return this.#known.get(id)?.some((one) => one.keyId === keyId && one.provider === provider) === true;
  }

  /** Takes the place of whatever was thought of the object at this provider. */
  remember(id: string, owner: Owner): void {
    this.#drop(this.#supposed, id, owner.provider);
    this.#add(this.#known, this.#shared.known, id, { provider: owner.provider, keyId: owner.keyId });
  }

  /** Only if nothing is thought of it yet; returns whether it is so. */
  suppose(id: string, { provider, keyId }: Owner): boolean {
    if (isOf(this.#known.get(id), provider) || isOf(this.#supposed.get(id), provider)) return false;
    this.#add(this.#supposed, this.#shared.supposed, id, { provider, keyId, isSupposed: true });
    return true;
  }

  delete(id: string, provider: string): void {
    this.#drop(this.#known, id, provider);
    this.#drop(this.#supposed, id, provider);
  }

  #add(owners: Map<string, Owners>, shared: Map<string, Owners>, id: string, owner: Owner): void {
    const others = owners.get(id)?.filter(({ provider }) => provider !== owner.provider) ?? NONE;
    const own = this.#sharedOf(shared, owner);
    owners.delete(id);
    owners.set(id, others.length === 0 ? own : [...own, ...others].slice(0, ALIKE_MAX));
    if (this.size <= this.objectsMax) return;
    const crowded = this.#supposed.size > 0 ? this.#supposed : this.#known;
    const [oldest] = crowded.keys();
    if (oldest !== undefined) crowded.delete(oldest);
  }

  #drop(owners: Map<string, Owners>, id: string, provider: string): void {
    const all = owners.get(id);
    if (all === undefined) return;
    const others = all.filter((one) => one.provider !== provider);
    if (others.length === 0) owners.delete(id);
    else owners.set(id, others);
  }

  #sharedOf(shared: Map<string, Owners>, owner: Owner): Owners {
    const known = shared.get(owner.keyId);
    if (known?.[0]?.provider === owner.provider) return known;
    const list = [owner];
    if (shared.size >= this.objectsMax) shared.clear();
    shared.set(owner.keyId, list);
    return list;
  }
}

function isOf(owners: Owners | undefined, provider: string): boolean {
  return owners !== undefined && owners.some((one) => one.provider === provider);
}

/** What stands there, as the one used last. */
function used(owners: Map<string, Owners>, id: string): Owners | undefined {
  const found = owners.get(id);
  if (found === undefined) return undefined;
  owners.delete(id);
  owners.set(id, found);
  return found;
}
