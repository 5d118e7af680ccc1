/** What an answer is made of, as far as it is shown apart: text, and code between fences. */
export interface AnswerPart {
  readonly kind: 'text' | 'code';
  readonly text: string;
  /** Of code, as the fence names it; empty if it does not. */
  readonly language: string;
}

/** A longer line is no fence. */
const FENCE_LENGTH_MAX = 200;
const FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

interface Fence {
  readonly marks: string;
  readonly language: string;
  /** Nothing else is in its line, as in that of one that closes. */
  readonly isBare: boolean;
}

function fenceIn(line: string): Fence | undefined {
  const [, marks, language = ''] = line.length > FENCE_LENGTH_MAX ? [] : (FENCE.exec(line) ?? []);
  return marks === undefined ? undefined : { marks, language, isBare: line.trim() === marks };
}

function partOf(lines: readonly string[], open: Fence | undefined): AnswerPart | undefined {
  const text = lines.join('\n');
  if (open !== undefined) return { kind: 'code', text, language: open.language };
  const shown = text.replace(/^\n+/, '').trimEnd();
  return shown === '' ? undefined : { kind: 'text', text: shown, language: '' };
}

/**
 * Cuts an answer at its fences. A fence is closed by one of its own kind that is at least as long; code whose end has
 * not come yet goes on to the end. Nothing is lost but the fences, and empty lines around them.
 */
export function partsOf(answer: string): readonly AnswerPart[] {
  const parts: (AnswerPart | undefined)[] = [];
  let lines: string[] = [];
  let open: Fence | undefined;
  for (const line of answer.split('\n')) {
    const fence = fenceIn(line);
    const isEdge = open === undefined || (fence?.isBare === true && fence.marks.startsWith(open.marks));
    if (fence === undefined || !isEdge) {
      lines.push(line);
      continue;
    }
    parts.push(partOf(lines, open));
    lines = [];
    open = open === undefined ? fence : undefined;
  }
  return [...parts, partOf(lines, open)].filter((part) => part !== undefined);
}
