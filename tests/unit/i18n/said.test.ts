import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { createTranslator } from 'next-intl';
import { describe, expect, test } from 'vitest';
import { readSaid, SAID_TEXTS } from '../../../lib/admin/words/read-said';
import { errorWithSaid, withSaid } from '../../../lib/admin/words/with-said';
import { VERDICTS } from '../../../lib/balancer/attempts/verdict';
import { settingDefinitions } from '../../../lib/config/settings';
import saidZh from '../../../messages/said.zh.json';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const chinese = new Map(
  Object.entries(saidZh).flatMap(([group, messages]) =>
    Object.entries(messages).map(([name, text]): [string, string] => [`${group}.${name}`, text]),
  ),
);

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{([a-z]\w*)\}/g)].map((match) => match[1] ?? '').sort();
}

describe('what the server says', () => {
  test('has the same codes in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual(Object.keys(SAID_TEXTS).sort());
  });

  test('says nothing in Chinese that the code does not give', () => {
    const wrong = [...chinese].filter(([code, text]) => {
      const given = namesIn(SAID_TEXTS[code] ?? '');
      return namesIn(text).some((name) => !given.includes(name));
    });
    expect(wrong).toEqual([]);
  });

  test('is valid in Chinese with every value filled in', () => {
    const t = createTranslator({ locale: 'zh', messages: saidZh, onError: (error) => fail(error) });
    for (const [code, english] of Object.entries(SAID_TEXTS)) {
      const values = Object.fromEntries(namesIn(english).map((name) => [name, '7']));
      const text = (t as (code: string, values: object) => string)(code, values);
      expect(text, code).toMatch(/\p{Script=Han}|^7/u);
      expect(text, code).not.toMatch(/\{[a-z]\w*\}/);
    }
  });

  test('is read back from its English text, with its values', () => {
    const samples = { verdict: 'timed_out', errno: 'ECONNRESET', setting: 'MAX_BODY_MB', outcome: 'lost' };
    for (const [code, text] of Object.entries(SAID_TEXTS)) {
      const filled = text.replace(/\{([a-z]\w*)\}/g, (_match, name: string) => {
        if (name.startsWith('why')) return 'must not be empty';
        return (samples as Record<string, string>)[name] ?? (name === 'thing' ? 'thing' : '7');
      });
      expect(readSaid(filled), code).toBeDefined();
    }
  });

  test('knows each word about a default', () => {
    const notes = Object.values(settingDefinitions).flatMap(({ defaultNote = [] }) => defaultNote);
    expect(notes.length).toBeGreaterThan(0);
    expect(notes.filter((note) => readSaid(note) === undefined)).toEqual([]);
  });

  test('the reasons of breakers are verdicts', () => {
    for (const verdict of Object.keys(VERDICTS)) {
      expect(readSaid(`${verdict} 503`)).toEqual({
        code: 'breaker.verdict_status',
        params: { verdict, status: 503 },
      });
    }
  });

  test.each([
    ['MAX_FAILURES: must be a whole number from 1 to 1000, got "x" (and 2 more)', 'field.more'],
    ['several keys failed alike: 401 invalid_api_key: Wrong key', 'key.alike'],
    [
      'probed 3 keys: 1 recovered, 2 rejected, 0 unproven; cancelled before all keys were probed',
      'list.both',
    ],
    ['502 an empty body instead of an answer', 'outcome.status'],
    ['404 a page of HTML: Not Found', 'outcome.status'],
    ['several keys failed alike: 502 an empty body instead of an answer', 'key.alike'],
    ['the TLS handshake failed: tlsv1 alert protocol version', 'system.no_tls'],
    ['429 Rate limit reached for gpt-4o', undefined],
    ['must be ASCII', undefined],
    ['401 invalid_api_key: Incorrect API key provided', undefined],
    ['Rate limit reached for gpt-4o', undefined],
  ])('of "%s" is %s', (text, code) => {
    expect(readSaid(text)?.code).toBe(code);
  });

  test('stands beside its text, and null beside the words of others', () => {
    const answer = {
      reason: 'disabled by a person',
      items: [{ message: 'Rate limit reached' }],
      value: { reason: 'disabled by a person' },
    };
    expect(withSaid(answer)).toEqual({
      reason: 'disabled by a person',
      reasonSaid: { code: 'key.by_person', params: {} },
      items: [{ message: 'Rate limit reached', messageSaid: null }],
      value: { reason: 'disabled by a person' },
    });
  });

  test('stands beside an error, which is what it has always been', () => {
    const error = {
      code: 'invalid_input',
      message: 'name: must not be empty',
      fields: { name: 'must not be empty' },
    };
    const why = { code: 'field.empty', params: {} };
    expect(errorWithSaid(error)).toEqual({
      error,
      said: { message: { code: 'field.of', params: { name: 'name', why } }, fields: { name: why } },
    });
  });
});

function fail(error: unknown): never {
  throw error;
}

interface Sentence {
  readonly at: string;
  readonly text: string;
}

/** Parts of the program whose texts no page shows: commands, the log, the database, metrics and generated documents. */
const UNSEEN =
  /^lib\/(store\/(?!foreign\/(?:read-tables|sqlite-reader|bytes-reader)\.ts|egress\/egress\.ts|keys\/keys\.ts|providers\.ts|client-tokens\.ts|secrets\/cipher\.ts|database\/database-error\.ts)|cli\/|client\/|metrics\/|openai\/errors\/error-(?:rules|times)|config\/(?:docs|env-file|values\/database-address|settings|setting-definition)|admin\/(?:openapi|contract\/openapi|words\/)|http\/health|moving-in\/yaml-thread|process\/(?:other-servers|troubles)|runtime\/(?:settings\/|start|cannot-listen|workers\/|events\/balancer-events))/;
/** Calls whose texts are for the log or for programmers. */
const UNSEEN_CALLS =
  /^(?:.*logger\.\w+|.*onError|Error|assert\w*|.*\.(?:query|execute|executeEach|get|includes|startsWith)|RegExp|endpoint|.*\.(?:tell|update)|dialThroughEgress|onUnreadable)$/;
/** Names and other things that only look like sentences. */
const NO_SENTENCES = new Set([
  ...['Bad Request', 'Method Not Allowed', 'Request Timeout', 'Request Header Fields Too Large', 'no key'],
  'HTTP Version Not Supported',
  ...[': still here\n\n', 'usage {}', 'Basic {}', 'via {}', '(address check)'],
  // What providers are called, and how a file begins.
  ...['OpenAI Max', 'AI Proxy', 'OpenAI compatible', 'Vertex Express', 'LM Studio', 'LiteLLM master key'],
  'SQLite format 3\0',
  // Told at the start of the program only.
  ...['The database could not be migrated', 'The encryption key must be 32 bytes long'],
]);

/** All the sentences of a source: literals with two words or more, `{...}` where a value comes in. */
function sentencesOf(path: string): Sentence[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Sentence[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    const text = literalOf(node);
    if (
      text !== undefined &&
      /[a-z'}]{2,} [a-z{']/i.test(text) &&
      !isUnseen(node) &&
      !NO_SENTENCES.has(text) &&
      !/^(SELECT|INSERT|UPDATE|DELETE) /.test(text)
    ) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ at: `${path}:${line + 1}`, text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('');
}

function isUnseen(node: ts.Node): boolean {
  let below = node;
  for (let above = node.parent; above !== undefined && !ts.isBlock(above); above = above.parent) {
    if (isDescription(above, below)) return true;
    below = above;
    if (
      (ts.isCallExpression(above) || ts.isNewExpression(above)) &&
      UNSEEN_CALLS.test(above.expression.getText())
    )
      return true;
  }
  return false;
}

/** What `.describe` and `.meta` are told of a schema, for the description of the API; but not the schema itself. */
function isDescription(call: ts.Node, below: ts.Node): boolean {
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  return /^(describe|meta)$/.test(call.expression.name.text) && call.expression !== below;
}

const known = Object.values(SAID_TEXTS);

/**
 * A text, or a piece of one that is put together elsewhere: its fixed parts stand in one of the known texts, in their
 * order.
 */
function isKnown(sentence: string): boolean {
  if (readSaid(sentence.replace(/^(\{\}|__proto__): /, '').replaceAll('{}', '7')) !== undefined) return true;
  const parts = sentence.split('{}').map((part) => part.trim());
  return known.some((text) => {
    let from = 0;
    return parts.every((part) => {
      const at = text.indexOf(part, from);
      from = at + part.length;
      return at !== -1;
    });
  });
}

const sources = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  .map((path) => `lib/${path}`)
  .filter((path) => path.endsWith('.ts') && !UNSEEN.test(path));

test('no source says a sentence that has no code', { timeout: 60_000 }, () => {
  const unknown = sources.flatMap(sentencesOf).filter(({ text }) => !isKnown(text));
  expect(unknown).toEqual([]);
});
