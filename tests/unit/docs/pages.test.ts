import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SELECTION_POLICIES } from '../../../lib/balancer/policies/all';
import { GATEWAY_ERRORS } from '../../../lib/gateway/answer/errors';
import { docPages, type DocPage } from '../../support/doc-pages';

const root = resolve(import.meta.dirname, '../../..');
const pages = docPages();
const pageAt = new Map(pages.map((page) => [page.path, page]));

const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** What a page links to within the repository. */
const linksOf = ({ text }: DocPage) =>
  [...withoutCode(text).matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, link = '']) => link);

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = ({ text }: DocPage) =>
  [...text.replaceAll(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('$path', (page) => {
  it('links only to files and headings that there are', () => {
    const broken = linksOf(page).filter((link) => {
      const [path = '', anchor] = link.split('#', 2);
      const target = path === '' ? page.path : join(dirname(page.path), path);
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      const targetPage = pageAt.get(target);
      return targetPage === undefined || !anchorsOf(targetPage).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('has no line over 120 columns but where nobody can break one', () => {
    // Tables, images, links and what a program has written; CHANGELOG is of another time.
    if (['CHANGELOG.md', 'docs/benchmarks.md'].includes(page.path)) return;
    const long = page.text
      .replaceAll(/^```[^]*?^```$/gm, '')
      .split('\n')
      .filter((line) => line.length > 120 && !/^(\||!\[)/.test(line));
    expect(long).toEqual([]);
  });

  it('names only files and folders that there are', () => {
    if (page.path === 'CHANGELOG.md') return;
    const named = [
      ...page.text.matchAll(
        /`((?:app|bench|components|docs|examples|lib|messages|scripts|tests)\/[^`\s]*)`/g,
      ),
    ];
    // Capitals and angle brackets stand for a name.
    const paths = named.map(([, path = '']) => path).filter((path) => !/[A-Z]{2}|[<>*]/.test(path));
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('closes every block of code', () => {
    expect((page.text.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  });
});

it('the README fits on a screen or two', () => {
  expect(pageAt.get('README.md')?.text.split('\n').length).toBeLessThan(110);
});

it('every page is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const page = pageAt.get(path);
    for (const link of page === undefined ? [] : linksOf(page)) {
      const [target = ''] = link.split('#', 1);
      if (target !== '') reached.add(join(dirname(path), target));
    }
  }
  expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
});

it("docs/clients.md names each of the gateway's own errors, with its status", () => {
  const rows = (pageAt.get('docs/clients.md')?.text ?? '').matchAll(/^\| (\d{3}) \| ([^|]+) \|/gm);
  const named = [...rows].flatMap(([, status = '', codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => `${code} ${status}`),
  );
  const own = Object.entries(GATEWAY_ERRORS).map(([code, { status }]) => `${code} ${status}`);
  expect([...new Set(named)].sort()).toEqual(own.sort());
});

it('docs/providers.md explains each selection policy', () => {
  const rows = (pageAt.get('docs/providers.md')?.text ?? '').matchAll(/^\| `(\w+)` \|/gm);
  expect([...rows].map(([, name]) => name).sort()).toEqual([...SELECTION_POLICIES].sort());
});

describe('the thresholds of docs/operations.md', () => {
  const UNITS: Readonly<Record<string, number>> = {
    ms: 1,
    s: 1_000,
    min: 60_000,
    h: 3_600_000,
    days: 1,
    KB: 1_024,
    MB: 1_048_576,
  };
  const page = pageAt.get('docs/operations.md')?.text ?? '';
  const rows = [
    ...page.matchAll(
      /^\| (?<what>.+) \| (?<value>\d+)(?: (?<unit>\w+))? \| `(?<name>\w+)(?:\.(?<member>\w+))?` in \[.*\]\((?<path>.*)\) \|$/gm,
    ),
  ].map(({ groups = {} }) => groups);

  it('are all of the table', () => {
    const table = page.slice(page.indexOf('## Thresholds')).match(/^\|/gm) ?? [];
    expect(rows.length).toBe(table.length - 2);
  });

  it.each(rows)('$what: $name is as the table says', ({ value = '', unit, name = '', member, path = '' }) => {
    const code = readFileSync(join(root, 'docs', path), 'utf8');
    const text = new RegExp(`const ${name}\\b[^=]*=([^;]+);`).exec(code)?.[1] ?? '';
    const number = member === undefined ? text : new RegExp(`\\b${member}: ([\\d_]+)`).exec(text)?.[1];
    const factors = number?.replaceAll('_', '').split('*').map(Number) ?? [];
    expect(factors.reduce((product, factor) => product * factor, 1)).toBe(
      Number(value) * (unit === undefined ? 1 : (UNITS[unit] ?? NaN)),
    );
  });
});
