import { isVeryLong, longStringAt, shortStringAt } from '../json/json-scan';
import type { JsonVisitor } from '../json/json-scanner';
import { CONTENT_MEMBERS, mayHoldFallbacks, mayNameModel, type ModelFilter } from './model-filter';

const WANTED = 1;
const CLOSED = 2;
/** Everything below such a member names models. */
const DEEP = 4;

/** Members that name a model within the one that is it: `{"model":{"id":"..."}}`. */
const PARTS: ReadonlySet<string> = new Set(['id', 'name', 'slug']);

/** Among fallbacks these say what stands behind them, and are no models: `[{"model":"..."}]`. */
const LABELS: ReadonlySet<string> = new Set([
  ...PARTS,
  'model',
  'models',
  'engine',
  'deployment',
  'fallbacks',
]);

/** Some end a text at a zero; some take for a character what is none in UTF-8. */
const UNCLEAR = /[\0\ufffd]/;

/** Looks for a filtered model wherever JSON may name one: in members at any depth, and in lists of names. */
export class ModelMentions implements JsonVisitor {
  /** The first filtered model found, as it stands. */
  filtered: string | undefined;
  /** Why it cannot be told what a reader would make of it. */
  doubt: string | undefined;

  constructor(
    private readonly bytes: Buffer,
    private readonly filter: ModelFilter,
  ) {}

  member(nameAt: number, _valueAt: number, _depth: number, flags: number): number {
    if ((flags & CLOSED) !== 0) return CLOSED;
    const name = shortStringAt(this.bytes, nameAt);
    if (name === undefined || UNCLEAR.test(name)) {
      this.doubt ??= `a name at byte ${nameAt} is no valid text`;
      return 0;
    }
    if ((flags & DEEP) === 0) return flagsBelow(name, flags);
    if (!LABELS.has(name) && this.filter.has(name)) this.filtered ??= name;
    return WANTED | DEEP;
  }

  string(at: number, flags: number): void {
    if ((flags & WANTED) === 0) return;
    const value = longStringAt(this.bytes, at);
    if (value === undefined || value.includes('\0') || isVeryLong(this.bytes, at))
      this.doubt ??= `the text at byte ${at} is not valid`;
    else if (this.filter.has(value)) this.filtered ??= value;
  }
}

/** What to look for in the value of a member. */
function flagsBelow(name: string, flags: number): number {
  if (CONTENT_MEMBERS.has(name)) return CLOSED;
  const isPart = (flags & WANTED) !== 0 && PARTS.has(name);
  if (!isPart && !mayNameModel(name)) return 0;
  return mayHoldFallbacks(name) ? WANTED | DEEP : WANTED;
}
