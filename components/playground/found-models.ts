export interface ModelGroup {
  /** Empty for the routes. */
  readonly provider: string;
  /** As a client names them. */
  readonly names: readonly string[];
}

export interface FoundModels {
  readonly groups: readonly ModelGroup[];
  /** Those that pass and are not among them. */
  readonly more: number;
}

/** Those with each word of the search in their names, in any case; of each group its share of what fits a list. */
export function foundModels(groups: readonly ModelGroup[], search: string, max = 100): FoundModels {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const passing = groups
    .map(({ provider, names }) => ({
      provider,
      names: names.filter((name) => words.every((word) => name.toLowerCase().includes(word))),
    }))
    .filter(({ names }) => names.length > 0);
  const share = Math.max(5, Math.floor(max / Math.max(1, passing.length)));
  return {
    groups: passing.map(({ provider, names }) => ({ provider, names: names.slice(0, share) })),
    more: passing.reduce((sum, { names }) => sum + Math.max(0, names.length - share), 0),
  };
}
