/** So begin keys of which the alphabet is known, and that are long enough to be told apart from anything else. */
const STRONG = /(?<![A-Za-z0-9_-])(?:(?:sk|gsk|xai|hf|r8|pplx|nvapi|fw|tgp|csk)[-_]|AIza)[A-Za-z0-9_-]{16,}/g;
/** Nothing that a machine made up has these in its middle: there another key begins. */
const NEXT = /(?<=.{20})(?=sk-(?:proj|svcacct|admin|ant|or-v1)-)/;
/** Two keys without dashes, one behind the other. */
const GLUED =
  /^(?:sk|gsk|xai|hf|r8|pplx)[-_][A-Za-z0-9]{20,}(?:sk-|gsk_|xai-|hf_|r8_|pplx-)[A-Za-z0-9]{20,}$/;
/** What may follow within one key: a signature, and padding. */
const SIGNED = /^(?:\.[\w.-]+)?={0,2}$/;

export interface StrongKey {
  readonly value: string;
  readonly index: number;
}

/** What is a key by its beginning and its letters, wherever it stands in the text. */
export function strongKeysIn(text: string): StrongKey[] {
  const found: StrongKey[] = [];
  for (const { 0: run, index } of text.matchAll(STRONG)) {
    let at = index;
    for (const value of run.split(NEXT)) {
      if (/\d/.test(value) && value.length >= 20) found.push({ value, index: at });
      at += value.length;
    }
  }
  return found;
}

/** It holds a key, and is more than that, without a word of where the key ends. */
export function isMoreThanKey(value: string): boolean {
  const [first] = strongKeysIn(value);
  if (first === undefined) return false;
  if (first.index > 0) return true;
  return GLUED.test(value) || !SIGNED.test(value.slice(first.value.length));
}

/** `sk-***` and `...wxyz`: the middle of the key is missing. */
export function isMasked(value: string): boolean {
  return /[\w-](?:\*{3,}|\.{3,})|\wx{6}[^\Wx]\w{1,4}$|^(?:\*{3,}|\.{3,})[\w-]/i.test(value);
}
