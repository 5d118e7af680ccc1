import { isAccountName, isKeyName, isLimitsName, limitOf, noteRank } from './key-names';
import type { LimitName } from '../../config/values/use-limits';
import { noteOf, unwrapped, withoutInvisible, type PieceOptions, type Step } from './key-piece';

interface Columns {
  readonly delimiter: string;
  readonly key: number;
  /** -1 if there is none. */
  readonly note: number;
  readonly account: number;
  readonly limits: readonly (readonly [LimitName, number])[];
  /** All limits at once, as JSON. */
  readonly json: number;
  /** Where the rows begin. */
  readonly start: number;
  readonly startLine: number;
}

const HEAD_MAX = 2_000;

/** The columns of a table (CSV, or with tabs or semicolons) whose first line names them; undefined if it is none. */
export function columnsOf(text: string): Columns | undefined {
  const [, blank = '', head = ''] = /^([\s\ufeff]*)([^\r\n]*)/.exec(text.slice(0, HEAD_MAX)) ?? [];
  const delimiter = [',', '\t', ';', '，', '|'].find((candidate) => head.includes(candidate)) ?? ',';
  const names = head.split(delimiter).map((cell) => unwrapped(withoutInvisible(cell).trim()).trim());
  if (!names.every((name) => /^[\p{L}][\p{L}\d _.-]{0,40}$|^$/u.test(name))) return undefined;
  if (names.length === 1) return undefined;
  const key = names.findIndex(isKeyName);
  if (key === -1) return undefined;
  const account = names.findIndex(isAccountName);
  // What groups keys says nothing of single ones.
  const ranks = names.map((name, index) => (index === account ? 0 : noteRank(name)));
  const best = Math.max(...ranks);
  return {
    delimiter,
    key,
    note: best === 0 ? -1 : ranks.findIndex((rank) => rank === best),
    account,
    limits: names.flatMap((name, index) => {
      const limit = limitOf(name);
      return limit === undefined ? [] : [[limit, index] as const];
    }),
    json: names.findIndex(isLimitsName),
    start: blank.length + head.length,
    startLine: 1 + (blank.match(/\r\n|[\r\n]/g)?.length ?? 0),
  };
}

/** The text is one column of keys below its name. */
export function hasTitle(text: string): boolean {
  return /^[\s\ufeff]*["']?(?:api[\s_-]?)?(?:keys?|tokens?|secrets?|密钥|秘钥|令牌)["']?[ \t]*[\r\n]\s*\S/i.test(
    text.slice(0, HEAD_MAX),
  );
}

export function* keysInTable(text: string, columns: Columns): Generator<Step> {
  const hasOptions = columns.account !== -1 || columns.json !== -1 || columns.limits.length > 0;
  for (const { line, cells } of rows(text, columns)) {
    const value = unwrapped(withoutInvisible(cells[columns.key] ?? '').trim()).replace(/^bearer\s+/i, '');
    const note = noteOf(cells[columns.note] ?? '');
    const options = hasOptions && { options: optionsIn(cells, columns) };
    yield value === '' ? undefined : { line, value, note, ...options };
  }
}

function optionsIn(cells: readonly string[], { account, limits, json }: Columns): PieceOptions {
  const cellOf = (index: number) => withoutInvisible(cells[index] ?? '').trim();
  const said = limits.map(([name, index]) => [name, cellOf(index)] as const);
  return {
    account: cellOf(account),
    limits: Object.fromEntries(said.filter(([, cell]) => cell !== '')),
    ...(cellOf(json) !== '' && { json: cellOf(json) }),
  };
}

function* rows(text: string, { delimiter, start, startLine }: Columns) {
  let line = startLine;
  let cells: string[] = [];
  let firstLine = line;
  let at = start;
  const ends = new RegExp(`[${delimiter}\r\n]|$`, 'g');
  while (at <= text.length) {
    let cell: string;
    if (text.charAt(at) === '"') {
      const close = quotedEnd(text, at + 1);
      cell = text.slice(at + 1, close).replaceAll('""', '"');
      for (const character of cell) if (character === '\n') line += 1;
      at = close;
    } else cell = '';
    ends.lastIndex = at;
    const end = ends.exec(text)?.index ?? text.length;
    cells.push(cell + text.slice(at, end).replace(/^"/, ''));
    const mark = text.charAt(end);
    at = end + 1;
    if (mark === delimiter) continue;
    yield { line: firstLine, cells };
    if (mark === '') return;
    if (mark === '\r' && text.charAt(at) === '\n') at += 1;
    line += 1;
    [cells, firstLine] = [[], line];
  }
}

/** Where a quoted cell ends; a quote that nobody closes ends with its line. */
function quotedEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}
