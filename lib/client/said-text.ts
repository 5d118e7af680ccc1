import type { Said, SaidParam } from '../admin/contract/said';

interface Texts {
  has(key: never): boolean;
  (key: never, values: never): string;
}

/**
 * What a code of the server means in the language of the texts; without one, or with parts that nobody knows, the text
 * stays as it is.
 */
export function saidText(said: Said | null | undefined, text: string, t: Texts, verdicts: Texts): string {
  const inWords = ({ code, params }: Said): string | undefined => {
    if (!t.has(code as never)) return undefined;
    const values = Object.entries(params).map(([name, value]) => [name, shown(name, value)] as const);
    if (values.some(([, value]) => value === undefined)) return undefined;
    return t(code as never, Object.fromEntries(values) as never);
  };
  const shown = (name: string, value: SaidParam): string | undefined => {
    if (typeof value === 'object') return inWords(value);
    const verdict = String(value);
    return name === 'verdict' && verdicts.has(verdict as never)
      ? verdicts(verdict as never, {} as never)
      : verdict;
  };
  return (said && inWords(said)) ?? text;
}
