import { KEY_TAGS } from '../../config/key-tags';
import type { InvalidKind, OddKind } from '../contract/keys';
import { isMasked, isMoreThanKey } from './strong-keys';

/** How providers begin their keys. */
const PREFIX =
  /^(?:sk|pk|rk|gsk|xai|hf|r8|pplx|nvapi|fw|tgp|key|csk|ak|api)[-_](?=.)|^(?:AIza|AQ\.|ya29\.|eyJ)/;
const SHORT_MAX = 7;
const CHARACTERS_MAX = 4096;
const PRINTABLE = /^[\x21-\x7e]+$/;
/** Words are shorter than anything that a machine made up, and so are names of files and models. */
const WORD_MAX = 24;

const HEADER =
  /^(?:authorization|bearer|content-type|accept|user-agent|host|cookie|origin|referer|x-[a-z-]{2,30}|api-key):?$/i;
const WORDS = /^[A-Za-z]+(?:[-_'.:/][A-Za-z]+)*[.:!?]*$/;
const MODEL =
  /^(?:[\w.-]+\/)?(?:gpt|chatgpt|claude|gemini|gemma|llama|deepseek|qwen|mistral|mixtral|codestral|text-embedding|whisper|tts|dall-e|glm|kimi|moonshot|grok|command|o[134])(?:-[\w.:-]*)?$/i;

/** In this order: the first that fits is shown. */
const SHAPES: readonly (readonly [OddKind, (value: string) => boolean])[] = [
  ['symbols', (value) => !/[A-Za-z0-9]/.test(value)],
  ['masked', isMasked],
  ['url', isUrl],
  ['email', (value) => /^[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i.test(value)],
  ['json', (value) => /^[{[]|[}\]],?$|":|^"|"$/.test(value)],
  ['placeholder', isPlaceholder],
  ['header', (value) => HEADER.test(value) || /^[A-Za-z][A-Za-z0-9-]{1,40}:$/.test(value)],
  ['setting', (value) => /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+=|^--?[a-z][a-z-]*(?:=|$)/.test(value)],
  ['path', isPath],
  ['model', (value) => value.length <= 60 && MODEL.test(value)],
  ['short', (value) => value.length <= SHORT_MAX && (hasPrefix(value) || /\d/.test(value))],
  ['number', (value) => value.length < 20 && /^[\d.,:/%+-]+$/.test(value)],
  ['word', isWord],
  ['short', (value) => value.length <= SHORT_MAX],
  ['mixed', isMoreThanKey],
];

/** It begins as the keys of a provider do. */
export function hasPrefix(value: string): boolean {
  return PREFIX.test(value);
}

/** What the text looks like, if not like a key; undefined for what may well be one. */
export function oddKindOf(value: string): OddKind | undefined {
  return SHAPES.find(([, fits]) => fits(value))?.[0];
}

/** So much like a key that it would be one wherever it stands. */
export function isSurelyKey(value: string): boolean {
  if (value.length < 12 || value.length > CHARACTERS_MAX || !hasPrefix(value) || !/\d/.test(value))
    return false;
  return PRINTABLE.test(value) && oddKindOf(value) === undefined;
}

/** Why the text cannot be a key at all; undefined if it can. */
export function invalidKindOf(value: string): InvalidKind | undefined {
  if (value.length > CHARACTERS_MAX) return 'long';
  if (PRINTABLE.test(value)) return undefined;
  if (/\s/.test(value)) return 'spaces';
  return /^[\x21-\x7e]+[…•●·∙]+[\x21-\x7e]*$|^[…•●·∙]{2,}[\w-]+$|^…[\w-]+$/.test(value)
    ? 'masked'
    : 'unsendable';
}

/** In the words of the API, for scripts; pages have their own. */
export const INVALID_WORDS: Readonly<Record<InvalidKind, string>> = {
  long: `is longer than ${CHARACTERS_MAX} characters`,
  unsendable: 'has characters that cannot be sent in a header',
  spaces: 'has spaces inside',
  masked: 'is a masked key, of which the middle is missing',
  missing: 'is a row of the table without a key in the column of keys',
  surplus: 'is a cell beyond the columns of the table',
  unread: 'looks like a key, but stands where none is looked for',
  rest: 'stands beside a key in one piece of text, and is not read',
  quote: 'has a quote that is not closed, and what follows it is read line by line',
  limit: 'has limits of an unknown name, or that are no whole numbers from 1 to 1000000000000',
  weight: 'has a weight that is no number from 1 to 1000',
  tags: `has tags that are not ${KEY_TAGS.countMax} texts of ${KEY_TAGS.lengthMax} characters at most`,
  account: 'has an account that is no line of at most 191 characters',
};

function isUrl(value: string): boolean {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(value) || /^www\./i.test(value)) return true;
  return /^(?:[a-z\d-]+\.)+(?:com|cn|net|org|io|ai|dev|xyz|app|co|top|me)(?:[:/][^\s]*)?$/i.test(value);
}

function isPlaceholder(value: string): boolean {
  if (/^<.*>$|^\$\{?\w+\}?$|^%\w+%$|^\{\{.*\}\}$/.test(value)) return true;
  if (/^(?:[a-z]{2,5}[-_])?(?:x{2,}(?:[-_]x{2,})*[-_]?|0{8,}|\*+)$/i.test(value)) return true;
  return /^(?:[a-z]{2,5}[-_])?(?:your|my|the)[-_]?(?:[a-z]+[-_])*(?:api[-_]?)?(?:key|token|secret)(?:[-_]?(?:here|\d))?$/i.test(
    value,
  );
}

function isPath(value: string): boolean {
  if (/^[A-Za-z]:\\|^~\/|^\.{1,2}\//.test(value)) return true;
  if (/^[\w.-]{1,40}\.(?:txt|csv|json|jsonl|ya?ml|toml|ini|py|js|ts|sh|md|env|log|pdf|xlsx?)$/i.test(value))
    return true;
  const parts = value.split('/');
  return value.startsWith('/') && parts.length > 2 && parts.every((part) => /^[\w.-]{0,20}$/.test(part));
}

function isWord(value: string): boolean {
  if (!WORDS.test(value) || (hasPrefix(value) && value.length > SHORT_MAX)) return false;
  const parts = value.split(/[-_'.:/]/);
  return parts.every((part) => part.length < WORD_MAX && changesOfCase(part) <= 2);
}

/** What is made up at random changes between small and capital letters all the time. */
function changesOfCase(text: string): number {
  return [...text.slice(1)].filter((letter, index) => isCapital(letter) !== isCapital(text.charAt(index)))
    .length;
}

function isCapital(letter: string): boolean {
  return letter >= 'A' && letter <= 'Z';
}
