const HEAD_MAX = 6;
const TAIL_MAX = 4;

/**
 * What may be shown of a secret: `sk-abc...wxyz`. At most six characters of its start and four of its end, and never
 * more than a third of it; a secret of fewer than three characters shows nothing.
 */
export function keyHint(value: string): string {
  const characters = Array.from(value);
  const shown = Math.min(Math.floor(characters.length / 3), HEAD_MAX + TAIL_MAX);
  const head = Math.ceil((shown * HEAD_MAX) / (HEAD_MAX + TAIL_MAX));
  const tail = shown - head;
  return `${characters.slice(0, head).join('')}...${tail === 0 ? '' : characters.slice(-tail).join('')}`;
}
