import { keyHint } from '../../balancer/attribution/key-hint';

/** How providers begin their keys, and enough behind it. */
const KEY_LIKE =
  /(?<![A-Za-z0-9])(?:(?:sk|pk|rk|gsk|csk|xai|hf|r8|pplx|nvapi|fw|tgp)[-_]|AIza|AQ\.|ya29\.|eyJ)[\w.-]{16,}/g;
/** Names of models are made of shorter words. */
const WORD_OF_A_MACHINE = /[A-Za-z0-9]{16}/;
const LONG_MIN = 30;
/** Nothing shorter has room for a beginning and enough behind it: most of what clients send. */
const KEY_LENGTH_MIN = 19;

/**
 * A name or a path that a client sent, to be remembered: with the hint wherever something in it looks like a key, as
 * when both were mixed up.
 */
export function withoutKeys(text: string): string {
  if (text.length < KEY_LENGTH_MIN) return text;
  return text.replace(KEY_LIKE, (word) => (isMadeByMachine(word) ? keyHint(word) : word));
}

function isMadeByMachine(word: string): boolean {
  if (WORD_OF_A_MACHINE.test(word)) return true;
  return word.length >= LONG_MIN && /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
}
