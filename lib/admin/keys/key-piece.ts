import type { LimitName } from '../../config/values/use-limits';
import type { InvalidKind } from '../contract/keys';

/** Marks without width that come along from web pages and chats. */
export const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** What is left around a key that comes out of a list, a sentence or a line of a program. */
const WRAPPING = '"\'`[]()“”‘’「」『』«»';

/** Something of the text that may be a key. */
export interface Candidate {
  /** Line of the text, from 1. */
  readonly line: number;
  readonly value: string;
  /** What stands beside it for people; empty if nothing does. */
  readonly note: string;
  /** What a table has in columns of their own, and JSON in members; absent where there is none. */
  readonly options?: PieceOptions;
  /** It is no key, but must not go unsaid. */
  readonly wrong?: InvalidKind;
}

export interface PieceOptions {
  /** Empty if none is said; undefined if what is said is no text. */
  readonly account: string | undefined;
  /** As the table writes them; empty ones are left out. */
  readonly limits: Readonly<Partial<Record<LimitName, string>>>;
  /** Its share of the traffic, as the table writes it; undefined if none is said. */
  readonly weight?: string;
  /** Its tags, as JSON or the cell of a table has them; undefined if none are said. */
  readonly tags?: { readonly json: string } | { readonly cell: string };
  /** All limits at once, as JSON has them: in the words of an export, or of PROVIDERS_CONFIG. */
  readonly json?: string;
  /** When the day of the limits begins, as JSON has it. */
  readonly reset?: string;
}

/** Readers yield for each piece of text, undefined where it is no key, so that a long text is read in short steps. */
export type Step = Candidate | undefined;

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** What Markdown makes bold, or strikes out; no mask of a key, which has asterisks on one side. */
const BOLD = /^(\*{1,3}|~~)([^*~]+)\1$|^(_{1,3})((?:[a-z\d]{2,6}[-_]|AIza)[^\s]*)\3$/;

/** Without what surrounds it. In one pass: a pattern would start again at each quote within a long piece. */
export function unwrapped(piece: string): string {
  let [from, end] = [0, piece.length];
  while (from < end && WRAPPING.includes(piece.charAt(from))) from += 1;
  while (end > from && WRAPPING.includes(piece.charAt(end - 1))) end -= 1;
  const bare = piece.slice(from, end);
  const [, , bold, , underlined] = BOLD.exec(bare) ?? [];
  if (underlined !== undefined) return underlined;
  return bold === undefined ? bare : unwrapped(bold);
}

const NOTE_MAX = 1000;

/** A note as it is kept: on one line, and not longer than notes may be. */
export function noteOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, NOTE_MAX);
}
