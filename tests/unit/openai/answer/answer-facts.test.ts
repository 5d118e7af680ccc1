import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../../lib/balancer/facts';
import { readAnswer, type ReadAnswer } from '../../../../lib/openai/answer/answer-facts';
import { evidenceOf, looksLikePage } from '../../../../lib/openai/errors/error-evidence';

const NOW = Date.UTC(2026, 0, 1);

function read(status: number, body: string | object): ReadAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAnswer({ status, headers: {}, body: text }, NOW);
}
const subjectOf = (status: number, body: string | object): Subject => read(status, body).facts.subject;

const POOR = { message: 'You have run out of credits', code: 'no_credits' };
const poor = JSON.stringify({ error: POOR });

describe('what an answer says is read from', () => {
  it.each<[string, number, string | object]>([
    ['an error object', 403, { error: POOR }],
    ['an error object behind a byte order mark', 403, `\ufeff${poor}`],
    ['an error object among blanks and line breaks', 403, `\r\n\n ${poor} \n`],
    ['an error that is a text', 403, { error: POOR.message }],
    ['fields on top', 403, POOR],
    ['a code on top, beside an error that is a text', 403, { code: 'no_credits', error: 'no' }],
    ['a list', 403, [{ error: POOR }]],
    ['a list of errors', 403, { success: false, errors: [POOR], result: null }],
    ['FastAPI’s detail', 403, { detail: POOR.message }],
    ['FastAPI’s detail with more in it', 403, { detail: { error: POOR } }],
    ['details', 403, { error: { code: 403, message: 'no', details: [{ reason: 'NO_CREDITS' }] } }],
    ['MiniMax’s base_resp', 403, { base_resp: { status_code: 1008, status_msg: 'no' } }],
    ['Baidu’s error_msg', 403, { error_code: 19, error_msg: POOR.message }],
    ['Tencent’s Response', 403, { Response: { Error: { Code: 'Arrearage', Message: 'no' } } }],
    ['a status word', 403, { error: { status: 'PAYMENT_REQUIRED', message: 'no' } }],
    ['a problem document', 403, { title: 'Forbidden', detail: POOR.message }],
    ['a bare JSON text', 403, JSON.stringify(POOR.message)],
    ['plain text', 403, POOR.message],
    ['one event', 403, `event: error\ndata: ${poor}\n\n`],
    [
      'an event without a space, with its number and status',
      403,
      `id:1\nevent:error\n:HTTP_STATUS/403\ndata:${poor}\n`,
    ],
    ['the last event', 403, `data: {"choices":[]}\n\ndata: ${poor}\n\ndata: [DONE]\n\n`],
    ['events with carriage returns', 403, `: hello\r\n\r\ndata: ${poor}\r\n\r\n`],
    [
      'an event among comments',
      200,
      `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: ${poor}\n\n`,
    ],
    ['an event over several lines', 403, `data: {"error":\ndata: ${JSON.stringify(POOR)}}\n\n`],
    [
      'a failed response',
      200,
      `data: ${JSON.stringify({ type: 'response.failed', response: { error: POOR } })}\n\n`,
    ],
    ['the first of several lines', 403, `${poor}\n{"more":1}`],
    [
      'JSON in a message',
      403,
      { error: { code: 403, message: `${JSON.stringify({ error: POOR }, null, 2)}\n` } },
    ],
    ['JSON in JSON in a message', 403, { message: JSON.stringify({ message: poor }) }],
    [
      'a Python dict in a message',
      403,
      { error: { message: "{'error': 'x', 'message': 'You have run out of credits'}" } },
    ],
    [
      'a message around another error',
      500,
      { detail: "Error code: 429 - {'error': {'message': 'You have run out of credits'}}" },
    ],
  ])('%s', (_title, status, body) => {
    expect(subjectOf(status, body)).toBe('money');
  });

  it.each<[string, number, string, Subject]>([
    ['nothing at all, by the status', 403, '', 'ambiguous'],
    ['blanks', 401, '  \n', 'ambiguous'],
    ['nothing in a 200', 200, '', 'provider'],
    ['half a body', 403, '{"error":{"message":"You have run ou', 'ambiguous'],
    [
      'a page, not by the words in its scripts',
      404,
      '<html><script>insufficient_quota</script></html>',
      'request',
    ],
    ['a page behind a comment', 403, '<!-- x --><!DOCTYPE html><html></html>', 'egress'],
    ['a page behind a byte order mark', 403, '\ufeff<!doctype html><html></html>', 'egress'],
    ['a page that is XML', 403, '<?xml version="1.0"?><html></html>', 'egress'],
    ['XML that is no page, as a text', 403, '<Error><Code>AccessDenied</Code></Error>', 'ambiguous'],
    ['null', 403, 'null', 'ambiguous'],
    ['a number', 403, '7', 'ambiguous'],
    ['an empty list', 403, '[]', 'ambiguous'],
    ['an error of null', 403, '{"error":null}', 'ambiguous'],
    ['a field named like the prototype', 403, '{"__proto__":{"error":{"code":"no_credits"}}}', 'ambiguous'],
    [
      'a constructor',
      403,
      '{"error":{"code":"constructor","type":"__proto__","message":"toString"}}',
      'ambiguous',
    ],
  ])('%s', (_title, status, body, subject) => {
    expect(subjectOf(status, body)).toBe(subject);
  });

  it('changes no prototype', () => {
    read(403, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is told with its code and its message', () => {
    expect(read(403, { error: { code: 'x', type: 'y', message: 'z' } }).facts).toMatchObject({
      code: 'x',
      message: 'z',
    });
    expect(read(403, { error: { type: 'y', message: 'z' } }).facts).toMatchObject({
      code: 'y',
      message: 'z',
    });
    expect(read(403, 'just words').facts).toMatchObject({ code: undefined, message: 'just words' });
    expect(read(403, '<html><title>Denied</title></html>').facts.message).toBe('a page of HTML: Denied');
    expect(read(403, '<html></html>').facts.message).toBe('a page of HTML');
    expect(read(403, '').facts).toMatchObject({ code: undefined, message: undefined });
    expect(read(403, 'y'.repeat(9_999)).facts.message!.length).toBeLessThanOrEqual(300);
  });
});

describe('an error within a 200 stands for', () => {
  it.each<[string, string | object, number]>([
    ['the status that it names', { error: { code: 503, message: 'down' } }, 503],
    ['the status that its code means', { error: { code: 'rate_limit_exceeded', message: 'no' } }, 429],
    [
      'the status that its type means',
      { type: 'error', error: { type: 'overloaded_error', message: 'no' } },
      529,
    ],
    ['401 of a dead key', { base_resp: { status_code: 2049, status_msg: 'no' } }, 401],
    ['402 of an empty account', { base_resp: { status_code: 1008, status_msg: 'no' } }, 402],
    ['404 of a model', { error: { message: '模型 gpt-9 不存在' } }, 404],
    ['429 of a pace', { error_code: 18, error_msg: 'Open api qps request limit reached' }, 429],
    ['400 of the request', { base_resp: { status_code: 2013, status_msg: 'no' } }, 400],
    ['403 of an address', { error: { message: '您所在的地区不支持' } }, 403],
    ['500 of all else', { code: 40005, msg: 'no', data: null }, 500],
    ['500 of no answer', { choices: [] }, 500],
    ['500 of nothing', '', 500],
  ])('%s', (_title, body, status) => {
    expect(read(200, body).status).toBe(status);
  });

  it('and any other answer for its own status', () => {
    expect(read(403, { error: { code: 503, message: 'down' } }).status).toBe(403);
    expect(read(304, '').status).toBe(304);
  });
});

describe('a status without a word that anybody knows speaks', () => {
  const statuses = Array.from({ length: 900 }, (_, i) => i + 100);
  const REQUEST = [
    400, 404, 405, 406, 409, 410, 411, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 431,
    451,
  ];
  const expected = (status: number): Subject => {
    if (status === 429) return 'rate';
    if (status < 300 || status >= 500 || [408, 498, 499].includes(status)) return 'provider';
    return status < 400 || REQUEST.includes(status) ? 'request' : 'ambiguous';
  };

  it('of one subject, the same with and without a body', () => {
    for (const status of statuses) {
      expect(subjectOf(status, ''), String(status)).toBe(expected(status));
      expect(subjectOf(status, { error: { code: 'x', message: 'no' } }), String(status)).toBe(
        expected(status),
      );
    }
    expect(
      ['request', 'ambiguous', 'rate', 'provider'].map(
        (one) => statuses.filter((s) => expected(s) === one).length,
      ),
    ).toEqual([122, 74, 1, 703]);
  });

  it('and the rule is named after it', () => {
    expect(read(418, '').facts.rule).toBe('status 418');
    expect(read(200, '').facts.rule).toBe('status 0');
  });
});

describe('the client’s own words, quoted', () => {
  const OWN = [
    'API key not valid',
    'Your credit balance is too low',
    'Organization has been restricted',
    'Incorrect API key provided',
    'insufficient balance',
    'This organization has been disabled.',
    'rate limit exceeded, too many requests',
    'You exceeded your current quota',
  ];
  const QUOTES: readonly (readonly [string, string])[] = [
    ["'", "'"],
    ['"', '"'],
    ['`', '`'],
  ];

  it('in a mistake of the request never speak of a key', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(400, 404, 413, 415, 422),
        fc.constantFrom(...QUOTES),
        fc.array(fc.constantFrom(...OWN), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('Invalid value for', 'Unexpected token in', 'The field', 'got'),
        (status, [open, close], own, before) => {
          const message = `${before} ${open}${own.join(' ')}${close}: is not of type array`;
          for (const body of [
            { error: { message, type: 'invalid_request_error' } },
            { message },
            { detail: message },
          ]) {
            expect(subjectOf(status, body), message).toBe('request');
          }
        },
      ),
    );
  });

  it('in fields that hold them never speak of a key', () => {
    for (const own of OWN) {
      const body = {
        detail: [
          {
            type: 'string_type',
            loc: ['body', 'messages'],
            msg: 'Input should be valid',
            input: { text: own },
          },
        ],
      };
      expect(subjectOf(422, body)).toBe('request');
      expect(subjectOf(400, { error: { message: 'no', metadata: { raw: own, flagged_input: own } } })).toBe(
        'request',
      );
    }
  });

  it('that do not end are taken to the end of their line', () => {
    expect(subjectOf(400, { message: "Invalid value: 'API key not valid" })).toBe('request');
    expect(subjectOf(400, { message: "Insufficient credits for 'x\nYou have run out of credits" })).toBe(
      'money',
    );
  });

  it('do not make an apostrophe a quote', () => {
    expect(
      subjectOf(400, { message: "Your credit balance is too low, it's empty, you can't use this" }),
    ).toBe('money');
  });

  it('are read where no status quotes: a rejection names its key', () => {
    expect(subjectOf(403, { message: "Consumer 'api_key:sk-x' has been suspended." })).toBe('key');
  });
});

describe('whatever comes', () => {
  const SUBJECTS: readonly Subject[] = [
    'request',
    'egress',
    'key',
    'key_model',
    'money',
    'rate',
    'provider',
    'ambiguous',
  ];
  const field = fc.constantFrom(
    ...[
      'error',
      'errors',
      'detail',
      'details',
      'message',
      'msg',
      'code',
      'type',
      'status',
      'param',
      'reason',
    ],
    ...[
      'base_resp',
      'status_code',
      'status_msg',
      'response',
      'Response',
      'Error',
      'metadata',
      'headers',
      '__proto__',
    ],
  );
  const word = fc.constantFrom(
    'insufficient_quota',
    'rate_limit',
    'model',
    'key',
    'invalid',
    'api key',
    '余额不足',
    "'",
    '"',
    '{',
    '<html>',
  );
  const leaf = fc.oneof(
    fc.jsonValue(),
    word,
    fc.array(word).map((words) => words.join(' ')),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(field, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const json = tree.map((value) => JSON.stringify(value) ?? '');
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    json,
    json.map((text) => `event: error\ndata: ${text}\n\n`),
    json.map((text) => `\ufeff<!doctype html>${text}`),
    json.map((text) => text.slice(0, text.length / 2)),
    json.map((text) => JSON.stringify({ message: text })),
  );

  it('speaks of exactly one subject, has a status and never throws', () => {
    const header = fc.constantFrom(
      'retry-after',
      'x-ratelimit-reset',
      'x-ratelimit-remaining',
      'cf-mitigated',
    );
    const headers = fc.dictionary(header, fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 2 })));
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), headers, body, (status, given, text) => {
        const { facts, ...answer } = readAnswer({ status, headers: given, body: text }, NOW);
        expect(SUBJECTS).toContain(facts.subject);
        expect(facts.rule).not.toBe('');
        expect(answer.status).toBeGreaterThanOrEqual(300);
        expect(answer.status).toBeLessThanOrEqual(999);
        for (const text of [facts.code, facts.message])
          expect(['string', 'undefined']).toContain(typeof text);
        for (const flag of [facts.mayDiffer, facts.isModelOnly, facts.isWholeKey])
          expect([true, undefined]).toContain(flag);
      }),
      { numRuns: 500 },
    );
  });

  /** Work that grows with the square of the length does not come to its end within the time that a test has. */
  const JUNK = 64 * 1024;
  it.each<[string, string]>([
    ['letters', 'y'.repeat(JUNK)],
    ['blanks', ' '.repeat(JUNK)],
    ['digits', '1'.repeat(JUNK)],
    ['quotes', "'".repeat(JUNK)],
    ['open quotes in JSON', JSON.stringify({ message: " '".repeat(JUNK / 2) })],
    ['durations', '1m '.repeat(JUNK / 3)],
    ['words of rules', 'model api key insufficient account '.repeat(JUNK / 35)],
    [
      'a text of words in JSON',
      JSON.stringify({ error: { message: 'the account model is not api key '.repeat(JUNK / 33) } }),
    ],
    ['brackets', '['.repeat(JUNK)],
    ['braces', '{"error":'.repeat(JUNK / 9)],
    ['nested lists', `${'['.repeat(JUNK / 2)}${']'.repeat(JUNK / 2)}`],
    ['nested objects', `${'{"error":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['many fields', `{${Array.from({ length: 4_000 }, (_, i) => `"f${i}":{"retry_after":1}`).join(',')}}`],
    ['many events', 'data: {}\n\n'.repeat(JUNK / 10)],
    ['many events that are not JSON', 'data: x\n\n'.repeat(JUNK / 9)],
    ['carriage returns', '\r\n'.repeat(JUNK / 2)],
    ['empty lines', '\n\n'.repeat(JUNK / 2)],
    ['a page', `<html>${'<p>'.repeat(JUNK / 3)}`],
    ['open comments', `<!--${'-'.repeat(JUNK)}`],
    ['zeros', '\0'.repeat(JUNK)],
  ])(
    '64 KB of %s are read in no time that anybody waits for',
    (_title, text) => {
      for (const status of [400, 401, 403, 429, 503]) expect(SUBJECTS).toContain(subjectOf(status, text));
    },
    2_000,
  );
});

describe('the evidence', () => {
  it('is in lower case, with every message once', () => {
    const { words, text } = evidenceOf(
      403,
      JSON.stringify({ message: 'No', error: { message: 'No', code: 'X', type: 'Y' } }),
    );
    expect(text).toBe('no');
    expect(words).toEqual(['x', 'y']);
  });

  it('holds the parameter that it is about', () => {
    expect(evidenceOf(400, '{"error":{"message":"no","param":"Messages[0]"}}').param).toBe('messages[0]');
    expect(evidenceOf(400, '{"error":{"message":"no","param":null}}').param).toBe('');
  });

  it('looks into no wrapper that it does not know, and no deeper than five', () => {
    expect(evidenceOf(403, '{"data":{"error":{"code":"x"}}}').words).toEqual([]);
    const nested = (depth: number): string =>
      depth === 0 ? '{"code":"x"}' : `{"error":${nested(depth - 1)}}`;
    expect(evidenceOf(403, nested(5)).words).toEqual(['x']);
    expect(evidenceOf(403, nested(6)).words).toEqual([]);
  });
});

describe('a page', () => {
  it.each([
    '<!DOCTYPE html><p>',
    ' \n<html lang="en">',
    '<head>',
    '<BODY>',
    '<center>',
    '<h1>',
    '<title>',
    '<!-- x -->\n<html>',
  ])('is known by %j', (body) => expect(looksLikePage(body)).toBe(true));
  it.each(['', 'html', '{"a":"<html>"}', 'error <html>', '<Error>', '<p>'])('is not known by %j', (body) =>
    expect(looksLikePage(body)).toBe(false),
  );
});

describe('what names the model', () => {
  const named = (status: number, message: string, model?: string) => {
    const { facts } = readAnswer({ status, headers: {}, body: JSON.stringify({ message }), model }, NOW);
    return [facts.subject, facts.isModelOnly];
  };

  it('speaks of that model only', () => {
    expect(named(403, 'not for Abc-1', 'aBc-1')).toEqual(['key_model', undefined]);
    expect(named(403, 'not for abc', 'abc')).toEqual(['key_model', undefined]);
    expect(named(500, 'oops in abc-1', 'abc-1')).toEqual(['provider', true]);
    expect(named(429, 'slow down with abc-1', 'abc-1')).toEqual(['rate', undefined]);
  });

  it('has at least three letters of it', () => {
    expect(named(403, 'not for ab', 'ab')).toEqual(['ambiguous', undefined]);
    expect(named(403, 'not for it', 'abc-1')).toEqual(['ambiguous', undefined]);
    expect(named(403, 'not for it')).toEqual(['ambiguous', undefined]);
    expect(named(500, 'oops', 'abc-1')).toEqual(['provider', undefined]);
  });
});

it('codes and messages are kept up to a length', () => {
  const { facts } = read(403, { error: { code: 'c'.repeat(300), message: 'm'.repeat(1_500) } });
  expect([facts.code, facts.message]).toEqual(['c'.repeat(200), 'm'.repeat(1_000)]);
});
