import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lint-'));
  const rules = { 'house/class-length': 'error', 'house/reason-given': 'error' };
  const config = {
    jsPlugins: [join(root, 'scripts/lint-rules.mjs')],
    categories: { correctness: 'off' },
    rules,
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** The rules that object. */
function objections(...lines: readonly string[]): string[] {
  const file = join(directory, 'code.ts');
  writeFileSync(file, lines.join('\n'));
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const args = [oxlint, '--threads', '1', '-c', join(directory, 'config.json'), '-f', 'json', file];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: directory });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return diagnostics.map(({ code }) => code);
}

const fields = (count: number) => Array.from({ length: count }, (_, index) => `  a${index} = 1;`);

it('objects to a class of more than 200 lines, with or without a name', () => {
  expect(objections('export class A {', ...fields(198), '}')).toEqual([]);
  expect(objections('export class A {', ...fields(199), '}')).toEqual(['house(class-length)']);
  expect(objections('export const A = class {', ...fields(199), '};')).toEqual(['house(class-length)']);
});

it('objects to a rule that is switched off without a reason', () => {
  expect(objections('// oxlint-disable-next-line complexity', 'export {};')).toEqual(['house(reason-given)']);
  expect(objections('/* eslint-disable complexity -- */', 'export {};')).toEqual(['house(reason-given)']);
  expect(objections('export {}; // oxlint-disable-line complexity')).toEqual(['house(reason-given)']);
  expect(objections('// oxlint-disable-next-line complexity -- a table', 'export {};')).toEqual([]);
});
