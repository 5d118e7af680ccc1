import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface DocPage {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every page that people read: those at the root, in docs/ and in examples/. */
export function docPages(): DocPage[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  const below = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  return [...atRoot, ...below].sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The blocks of code of one language, in order. */
export function blocksOf({ text }: DocPage, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].flatMap(([, tag, block = '']) =>
    tag === language ? [block] : [],
  );
}
