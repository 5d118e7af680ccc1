import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUnsafePath, isUnsendableQuery } from '../../../../lib/gateway/request/path-safety';

describe('a path that any server may read as one that leads up', () => {
  it.each([
    '/..',
    '/../internal',
    '/x/./y',
    '/..%2f..%2finternal',
    '/%2e%2e%2f',
    '/%2E%2e/x',
    '/.%2e/x',
    '/x/..%5c..%5cy',
    '/x%2f..%2fy',
    '/..%3Fx',
    '/..%23x',
    '/x/..%253Fx',
    '/%2e%2e%2523/x',
    '/x/..%3B%3Fx/y',
    '/..%C2%A5x',
    '/..%E2%82%A9x',
    '/x%C2%A5..%C2%A5y',
    '/..%EF%BF%A5x',
    '/..;/x',
    '/..;a=b/x',
    '/..%3bx/y',
    '/%252e%252e/x',
    '/%25252e%25252e%25252fx',
    '/%25%32%65%25%32%65/x',
    '/..%252fx',
    '/..%20/x',
    '/..%09/x',
    '/%20../x',
    '/.../x',
    // Full-width dots and slashes, dot leaders, and characters that nobody sees.
    '/%ef%bc%8e%ef%bc%8e/x',
    '/..%ef%bc%8fx',
    '/..%ef%bc%bcx',
    '/..%e2%88%95x',
    '/%e2%80%a5/x',
    '/.%e2%80%8b./x',
    '/%ef%bc%85%32%65%ef%bc%85%32%65/x',
  ])('is unsafe: %s', (path) => {
    expect(isUnsafePath(path)).toBe(true);
  });
});

describe('a path that cannot be decoded with certainty', () => {
  it.each([
    '/%',
    '/100%',
    '/%zz',
    '/%c0',
    '/%c0%ae%c0%ae/x',
    '/%e0%80%ae/x',
    '/%25c0%25ae/x',
    '/%ed%a0%80',
    '/a%00b',
    '/a%0d%0ab',
    '/a%2500b',
    '/%u002e%u002e/x',
    '/%25u002e%25u002e/x',
    '/..\\x',
    '/x\\y',
    '/x#y',
    '/x y',
    '/\u00e4',
    `/${'%25'.repeat(1)}${'25'.repeat(10)}2e`,
  ])('is unsafe: %s', (path) => {
    expect(isUnsafePath(path)).toBe(true);
  });
});

describe('a path that leads nowhere else', () => {
  it.each([
    '',
    '/',
    '/models',
    '/models/gpt-4.1',
    '/models/meta-llama/Llama-3.1-8B',
    '/models/meta-llama%2FLlama-3.1-8B',
    '/models/ft:gpt-4o:org::id',
    '/models/@cf/meta/llama-3.1-8b-instruct',
    '/models-of-mine/a%2Fb:c@d;e=f,g$h',
    '/files/..name',
    '/files/name..',
    '/files/a..b',
    '/files/.hidden',
    '/files/%E4%BD%A0%E5%A5%BD%E3%80%82.txt',
    '/files/%F0%9F%98%80',
    '/files/a%20b',
    '/files/100%25',
    '/files/100%25%20off',
    '/files/a%3Fb%23c',
    '/files//content',
    '/files/',
  ])('is safe: %s', (path) => {
    expect(isUnsafePath(path)).toBe(false);
  });

  it('is safe, whatever names are in it, if each is encoded once', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => /[a-z]/i.test(text) && !/[/\\%]|\.\.|\p{Cc}|^\.|\.$/u.test(text.normalize('NFKC')));
    fc.assert(
      fc.property(fc.array(name), (names) => {
        const path = names.map((text) => `/${encodeURIComponent(text)}`).join('');
        expect(isUnsafePath(path), path).toBe(false);
      }),
    );
  });
});

it('no mixture of encodings hides a way up', () => {
  const encode = (char: string): string => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const hidden = fc.tuple(
    fc.constantFrom('/../x', '/a/../../x', '/..\\x', '/./x', '/a/..;b/x'),
    fc.infiniteStream(fc.boolean()),
  );
  fc.assert(
    fc.property(hidden, fc.integer({ min: 0, max: 4 }), ([path, coins], rounds) => {
      let text: string = path;
      for (let round = 0; round < rounds; round += 1) {
        text = [...text].map((char) => (coins.next().value === true ? encode(char) : char)).join('');
      }
      // A path begins with a slash as it is.
      const url = text.startsWith('/') ? text : `/${text}`;
      expect(isUnsafePath(url), url).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

describe('a query', () => {
  it.each(['', '?', '?prefix=a/../b', '?a=%2e%2e%2f&b=%zz&c=%', '?a[]=1&b={x}|\\', '?a=\u00e4'])(
    'may say anything that can be sent: %s',
    (query) => {
      expect(isUnsendableQuery(query)).toBe(false);
    },
  );

  it.each(['?a b', '?a#b', '?a=\t', '?a=\r\nx: y', '?a=\0', '?a=\x7f', '?a=\u4f60'])(
    'is refused: %j',
    (query) => {
      expect(isUnsendableQuery(query)).toBe(true);
    },
  );
});
