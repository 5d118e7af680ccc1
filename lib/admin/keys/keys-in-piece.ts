import { unwrapped, withoutInvisible, INVISIBLE } from './key-piece';
import { isSurelyKey, oddKindOf } from './odd-key';
import { isMasked, strongKeysIn, type StrongKey } from './strong-keys';

interface FoundKeys {
  /** One at least: the piece itself, if nothing is known of its parts. */
  readonly values: readonly string[];
  /** What stands beside them for nobody to read; empty if nothing does. */
  readonly rest: string;
}

/** Longer is no mail, password and key. */
const LOGIN_MAX = 5_000;
/** A cell with a list of keys may be long. */
const PIECE_MAX = 100_000;
/** Tags, and ends of lines as programs write them. */
const MARKUP = /<\/?[a-z][a-z\d]{0,20}(?:\s[^<>]{0,100})?\/?>|<[a-z]{1,20}$|^\/?>|\\[nrt]|&nbsp;|&amp;/gi;
/** No key has these: it ends before, or begins behind. */
const BEHIND = /^(?:$|[\s|^<>()[\]{}"'`;,\\&!?*$#~，；、：|]|\.{1,2}$|:$|\/\/)/;
const BEFORE = /(?:[\s|^<>()[\]{}"'`;,\\&!?*$#~，；、：·•]|^[=.:-]*)$/;
/** What it is called: `one=`, `one:`. */
const NAME = /^([A-Za-z][\w.-]{0,40})([=:])>?["'`]?$/;
/** The target of a link, and a comment. */
const UNREAD = /^(?:\]\(|#|\/\/)/;

/** The keys of one piece of text, such as a cell or a word, that may hold more than one, or more than a key. */
export function keysInPiece(piece: string): FoundKeys {
  const value = unwrapped(withoutInvisible(piece).trim());
  const whole = { values: [value], rest: '' };
  if (value.length < 20 || piece.length > PIECE_MAX) return whole;
  const login = keysOfLogin(value);
  if (login.length > 0) return { values: login, rest: '' };
  const text = unwrapped(apart(piece).join(' ').replace(MARKUP, ' ').trim());
  const found = strongKeysIn(text);
  const [first] = found;
  if (first === undefined || first.value === value) return whole;
  if (found.length > 1) return { values: found.map((one) => one.value), rest: restOf(text, found) };
  return aloneIn(text, first) ?? whole;
}

/** Where marks without width stand between keys, they are what keeps them apart. */
export function apart(piece: string): string[] {
  const parts = piece.split(INVISIBLE).filter((part) => part !== '');
  const areKeys = parts.length > 1 && parts.every((part) => strongKeysIn(part)[0]?.index === 0);
  return areKeys ? parts : [withoutInvisible(piece)];
}

/** Undefined if nobody knows where it begins and ends. */
function aloneIn(text: string, { value, index }: StrongKey): FoundKeys | undefined {
  const before = text.slice(0, index);
  const behind = text.slice(index + value.length);
  if (isMasked(before.slice(-3) + value) || isMasked(value + behind.slice(0, 3))) return undefined;
  const isNamed = isName(before);
  const isClear = isNamed || BEFORE.test(before);
  if (!isClear || !BEHIND.test(behind)) return undefined;
  return { values: [value], rest: told(`${isNamed ? '' : before} ${UNREAD.test(behind) ? '' : behind}`) };
}

function isName(before: string): boolean {
  const [, name = '', mark] = NAME.exec(before) ?? [];
  return mark === '=' || (mark === ':' && oddKindOf(name) === 'word');
}

function restOf(text: string, keys: readonly StrongKey[]): string {
  let [rest, at] = ['', 0];
  for (const { value, index } of keys) {
    rest += `${text.slice(at, index)} `;
    at = index + value.length;
  }
  return told(rest + text.slice(at));
}

/** Signs alone say nothing. */
function told(rest: string): string {
  return /[\p{L}\p{N}]/u.test(rest) ? rest.trim() : '';
}

/** The keys of `mail:password:key`, `mail----password----key`, or of any order if there is a mail; else none. */
function keysOfLogin(value: string): string[] {
  if (value.length > LOGIN_MAX) return [];
  const parts = value.split(/:(?!\/\/)|-{4,}/);
  const last = parts.at(-1) ?? '';
  if (parts.length > 2 && isSurelyKey(last) && !parts.slice(0, -1).some(isStrong)) return [last];
  const pieces = parts.flatMap((part) => part.split(/[|/^;,\s]+/));
  if (!pieces.some((part) => oddKindOf(part) === 'email')) return [];
  const strong = pieces.filter(isStrong);
  return strong.length === 0 && isSurelyKey(last) ? [last] : strong;
}

function isStrong(part: string): boolean {
  return strongKeysIn(part)[0]?.value === part;
}
