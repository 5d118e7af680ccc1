import type { Remarks } from '../remarks';
import { TOKEN_LIST_MAX, type NewToken } from '../token-book';
import type { ServedByProviders } from './channels';

const MORE = `more than the ${TOKEN_LIST_MAX} that a list can have`;

/** What the groups of a token lead to, in the lists that a token has here: an empty one is for all. */
export interface GroupAccess {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  /** A list would be longer than any can be. */
  readonly isAnyProvider: boolean;
  readonly isAnyModel: boolean;
  /** All models that are served. */
  readonly served: ReadonlySet<string>;
  /** There is no list that would keep the token to its groups. */
  readonly reason: string | undefined;
}

/** Works out what groups lead to, once for all tokens of the same groups. */
export class TokenAccess {
  readonly #byGroups = new Map<string, GroupAccess>();

  constructor(
    private readonly served: ServedByProviders,
    private readonly remarks: Remarks,
  ) {}

  /** Undefined: nothing that comes over serves any of them. */
  of(groups: readonly string[]): GroupAccess | undefined {
    const key = JSON.stringify(groups);
    const access = this.#byGroups.get(key) ?? this.#accessOf(groups);
    this.#byGroups.set(key, access);
    return access.isAnyProvider || access.providers.length > 0 || access.reason !== undefined
      ? access
      : undefined;
  }

  /** The models that it may ask for, of those that its own list names; undefined for none at all. */
  modelsOf(name: string, access: GroupAccess, own: readonly string[]): readonly string[] | undefined {
    if (access.served.size === 0) return undefined;
    if (own.length === 0) return access.models;
    // A name with a * is no name of a model, but stands for some.
    const kept = own.filter((model) => model.includes('*') || access.served.has(model));
    if (kept.length < own.length)
      this.remarks.add('models of a client token left out: no channel of its group serves them', name);
    return kept.length === 0 ? undefined : kept;
  }

  /** Tells of a token that lets somebody in what no list keeps it from, or what is lost of its `groups`. */
  remarkOn({ name, models = [] }: NewToken, access: GroupAccess, groups: number): void {
    if (groups > 1)
      this.remarks.add('client token of several groups: which of them comes first does not come over', name);
    if (access.isAnyProvider)
      this.remarks.add(`client token may use any provider here: its group has ${MORE}`, name);
    if (access.isAnyModel && models.length === 0)
      this.remarks.add(`client token may ask for any model here: its group has ${MORE}`, name);
  }

  #accessOf(groups: readonly string[]): GroupAccess {
    const own = [...this.served].filter(([, { groups: of }]) => of.some((one) => groups.includes(one)));
    const served = new Set(own.flatMap(([, { models }]) => models));
    const isLong = own.length > TOKEN_LIST_MAX;
    const isAnyProvider = isLong && own.length === this.served.size;
    const isAnyModel = served.size > TOKEN_LIST_MAX;
    return {
      providers: isLong ? [] : own.map(([ref]) => ref),
      models: isAnyModel ? [] : [...served],
      isAnyProvider,
      isAnyModel,
      served,
      reason: isLong && !isAnyProvider ? `its providers are ${MORE}` : undefined,
    };
  }
}
