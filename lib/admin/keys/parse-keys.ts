import type { Limits } from '../../balancer/limits/limits';
import { limits as bounds } from '../../config/limits';
import { limitsEntrySchema, limitsOf, tidyLimits, type LimitsEntry } from '../../config/values/use-limits';
import { keyHint } from '../../balancer/attribution/key-hint';
import type { InvalidKind, OddKind } from '../contract/keys';
import { WEIGHTS } from '../contract/keys';
import { accountSchema, limitsSchema } from '../contract/limits';
import { forEachInSlices } from '../slices';
import { FieldBook } from './field-book';
import type { Candidate, PieceOptions, Step } from './key-piece';
import { jsonOfSetting, keysInJson, looksLikeJson } from './keys-in-json';
import { keysInLines } from './keys-in-lines';
import { columnsOf, hasTitle, keysInTable } from './keys-in-table';
import { INVALID_WORDS, invalidKindOf, oddKindOf } from './odd-key';
import { tagsOfCell, tagsOfJson } from './tags-cell';

export interface ParsedKey extends Omit<Candidate, 'options'> {
  /** What it looks like, if not like a key. */
  readonly odd: OddKind | undefined;
  /** Undefined where the text says nothing of it. */
  readonly limits: Limits | undefined;
  readonly account: string | undefined;
  readonly weight: number | undefined;
  readonly tags: readonly string[] | undefined;
}

export interface InvalidKey {
  readonly line: number;
  readonly kind: InvalidKind;
  /** The same in words. */
  readonly reason: string;
  readonly hint: string;
}

export interface ParsedKeys {
  readonly keys: ParsedKey[];
  readonly invalid: InvalidKey[];
  /** What the text calls its columns or members, and what each was taken for. */
  readonly fields: ReturnType<FieldBook['list']>;
}

/** Pieces of text to look at without letting anything else run; each may have thousands of characters. */
const SLICE = 50;

/**
 * Takes a text apart into keys of any format: lists and lines, files of settings, tables with a line of names, JSON.
 * What comes after `#` or `//` is a comment, names before `=` are left out, and words after a key are its note. Nothing
 * of the text is in the answer but as a hint.
 */
export async function parseKeys(text: string): Promise<ParsedKeys> {
  const keys: ParsedKey[] = [];
  const wrong: Wrong[] = [];
  const fields = new FieldBook();
  await forEachInSlices(
    candidates(text, fields),
    (candidate) => {
      if (candidate === undefined) return;
      const { line, value, note } = candidate;
      const kind = candidate.wrong ?? invalidKindOf(value) ?? invalidOption(candidate);
      if (kind === undefined)
        keys.push({ line, value, note, odd: oddKindOf(value), ...readOptions(candidate) });
      else wrong.push({ line, value, kind });
    },
    SLICE,
  );
  return { keys, invalid: await toTell(wrong, keys), fields: fields.list() };
}

interface Wrong {
  readonly line: number;
  readonly value: string;
  readonly kind: InvalidKind;
}

/** Without what was read elsewhere in the text all the same. */
async function toTell(wrong: readonly Wrong[], keys: readonly ParsedKey[]): Promise<InvalidKey[]> {
  const known = new Set<string>();
  const unread = new Set<string>();
  await forEachInSlices(wrong, ({ kind, value }) => kind === 'unread' && unread.add(value));
  await forEachInSlices(unread.size === 0 ? [] : keys, ({ value }) => unread.has(value) && known.add(value));
  const invalid: InvalidKey[] = [];
  await forEachInSlices(wrong, ({ line, value, kind }) => {
    if (kind === 'unread' && known.has(value)) return;
    invalid.push({ line, kind, reason: INVALID_WORDS[kind], hint: keyHint(value) });
  });
  return invalid;
}

const WHOLE = /^[1-9]\d{0,12}$/;

/** Why what stands beside a key cannot be taken; undefined if it can. */
function invalidOption({ options }: Candidate): InvalidKind | undefined {
  if (options === undefined) return undefined;
  const isWrong = (cell: string) => !WHOLE.test(cell) || Number(cell) > bounds.useLimit.max;
  if (Object.values(options.limits).some(isWrong) || limitsInJson(options) === 'wrong') return 'limit';
  if (options.weight !== undefined && !isWeight(options.weight)) return 'weight';
  if (tagsOf(options) === 'wrong') return 'tags';
  return accountSchema.safeParse(options.account).success ? undefined : 'account';
}

function isWeight(cell: string): boolean {
  const { min, max } = WEIGHTS;
  return /^\d{1,4}(?:\.\d{1,20})?$/.test(cell) && Number(cell) >= min && Number(cell) <= max;
}

function readOptions({ options }: Candidate): Pick<ParsedKey, 'limits' | 'account' | 'weight' | 'tags'> {
  const inJson = options && limitsInJson(options);
  const cells = Object.entries(options?.limits ?? {}).map(([name, cell]) => [name, Number(cell)]);
  const limits = limitsOf(Object.fromEntries(cells) as LimitsEntry);
  const account = options?.account ?? '';
  const tags = options && tagsOf(options);
  return {
    limits: typeof inJson === 'object' ? tidyLimits({ ...inJson, ...limits }) : limits,
    account: account === '' ? undefined : account,
    weight: options?.weight === undefined ? undefined : Number(options.weight),
    tags: typeof tags === 'object' ? tags : undefined,
  };
}

/** Undefined where none are said. */
function tagsOf({ tags }: PieceOptions): readonly string[] | 'wrong' | undefined {
  if (tags === undefined) return undefined;
  const read = 'json' in tags ? tagsOfJson(tags.json) : tagsOfCell(tags.cell);
  return read?.length === 0 ? undefined : (read ?? 'wrong');
}

function limitsInJson({ json, reset }: PieceOptions): Limits | 'wrong' | undefined {
  const limits = json === undefined ? undefined : readLimits(parsed(json));
  const day = reset === undefined ? undefined : readLimits({ day_resets_at: parsed(reset) ?? false });
  if (limits === 'wrong' || day === 'wrong') return 'wrong';
  return limits && day ? { ...limits, ...day } : (limits ?? day);
}

function readLimits(value: unknown): Limits | 'wrong' | undefined {
  const exported = limitsSchema.safeParse(value);
  if (exported.success) return tidyLimits(exported.data);
  const entry = limitsEntrySchema.safeParse(value);
  return entry.success ? limitsOf(entry.data) : 'wrong';
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function candidates(text: string, fields: FieldBook): Generator<Step> {
  if (looksLikeJson(text)) return keysInJson(text, fields);
  const columns = columnsOf(text);
  if (columns !== undefined) return keysInTable(text, columns, fields);
  const json = jsonOfSetting(text);
  if (json !== undefined) return keysInSettings(text, json, fields);
  // The name of the column is a comment, as far as keys go.
  return keysInLines(hasTitle(text) ? text.replace(/(?=\S)/, '#') : text);
}

/** Lines, and from there on JSON with lines behind it. */
function* keysInSettings(text: string, json: number, fields: FieldBook): Generator<Step> {
  const before = text.slice(0, json);
  const start = before.lastIndexOf('\n') + 1;
  yield* keysInLines(before.slice(0, start));
  const lines = before.match(/\n/g)?.length ?? 0;
  for (const step of keysInJson(text.slice(json), fields)) yield step && { ...step, line: step.line + lines };
}
