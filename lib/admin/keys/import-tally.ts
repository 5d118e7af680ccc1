import { isDeepStrictEqual } from 'node:util';
import type { Limits } from '../../balancer/limits/limits';
import { keyHint } from '../../balancer/attribution/key-hint';
import type { NewKey } from '../../store/keys/key-import';
import type { ApiKeyRow } from '../../store/keys/key-row';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyImportReport, keysApi } from '../contract/keys';
import { definedOf } from '../defined';
import { keptOptions } from './key-options';
import type { ParsedKey } from './parse-keys';

type Given = Pick<
  EndpointInput<typeof keysApi.import>,
  'limits' | 'account' | 'note' | 'weight' | 'tags' | 'odd'
>;
type Outcome = KeyImportReport['sample'][number]['outcome'];

interface Options {
  readonly limits: Limits | undefined;
  readonly account: string | undefined;
}

/** So many keys, and so many of those that are odd, a report names. */
export const SHOWN_MAX = 100;

/** What becomes of the keys of a text. */
export class ImportTally {
  readonly counts: Record<Outcome, number> = { new: 0, duplicate: 0, existing: 0 };
  /** Keys that are there already, of which the text has something else. */
  unchanged = 0;
  readonly fresh: NewKey[] = [];
  readonly odd: ParsedKey[] = [];
  readonly sample: KeyImportReport['sample'] = [];
  /** All of the text's keys that the provider has or is to have. */
  readonly values = new Set<string>();
  readonly #options: Options;

  /** `known`: the keys that the provider has, by what they are. */
  constructor(
    private readonly known: ReadonlyMap<string, ApiKeyRow>,
    private readonly given: Given,
  ) {
    const { limits, account } = keptOptions({ limits: given.limits, account: given.account });
    this.#options = { limits: limits ?? undefined, account: account ?? undefined };
  }

  take(key: ParsedKey): void {
    const { value, odd } = key;
    const row = this.known.get(value);
    const outcome = this.values.has(value) ? 'duplicate' : row === undefined ? 'new' : 'existing';
    if (outcome === 'new' && odd !== undefined) {
      this.odd.push(key);
      if (this.given.odd === 'skip') return;
    }
    this.values.add(value);
    this.counts[outcome] += 1;
    if (outcome === 'new') this.fresh.push(this.#newKey(key));
    if (outcome === 'existing' && row !== undefined && saysOther(key, row)) this.unchanged += 1;
    this.#show(key, outcome, outcome === 'existing' ? row : undefined);
  }

  #newKey(key: ParsedKey): NewKey {
    const { given } = this;
    const note = key.note === '' ? given.note : key.note;
    const weight = key.weight ?? given.weight;
    const tags = key.tags ?? given.tags;
    return { value: key.value, note, weight, tags, ...definedOf(this.#optionsOf(key)) };
  }

  /** What is given holds for keys of which the text says nothing. */
  #optionsOf({ limits, account }: ParsedKey): Options {
    return { limits: limits ?? this.#options.limits, account: account ?? this.#options.account };
  }

  /** With what it has afterwards. */
  #show(key: ParsedKey, outcome: Outcome, row: ApiKeyRow | undefined): void {
    if (this.sample.length >= SHOWN_MAX) return;
    const { limits, account } = row ?? this.#optionsOf(key);
    const options = { limits: limits ?? null, account: account ?? null };
    const weight = row?.weight ?? key.weight ?? this.given.weight;
    const tags = [...(row?.tags ?? key.tags ?? this.given.tags)];
    this.sample.push({ line: key.line, hint: keyHint(key.value), outcome, ...options, weight, tags });
  }
}

/** The text has something of the key that is not what is kept of it. */
function saysOther({ limits, account, weight, note, tags }: ParsedKey, row: ApiKeyRow): boolean {
  if (limits !== undefined && !isDeepStrictEqual(limits, row.limits)) return true;
  if (tags !== undefined && !isDeepStrictEqual(tags, row.tags)) return true;
  const said = { account, weight, note: note === '' ? undefined : note };
  return Object.entries(definedOf(said)).some(([name, value]) => row[name as keyof ApiKeyRow] !== value);
}
