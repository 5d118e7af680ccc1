import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { readRequestHead, requestHead } from '../../../../lib/openai/request/request-head';
import { modelInUrl } from '../../../../lib/openai/request/url-mentions';

const FILTER = new ModelFilter(['gpt-old', 'Meta/Llama-Secret']);
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'multipart/form-data; boundary=b0undary';

function problem(body: Buffer | string, contentType: string | undefined = JSON_TYPE): string {
  const result = readRequestHead(Buffer.from(body as string), contentType, FILTER);
  return result.ok ? 'passes' : result.problem;
}

/** Spellings that some reader takes for the text. */
const spelt = (text: string) =>
  fc
    .tuple(
      fc.array(fc.nat(3), { minLength: text.length, maxLength: text.length }),
      fc.constantFrom('', ' ', '\t', '\u00a0'),
      fc.constantFrom('', ' ', '\n', '\u200b'),
    )
    .map(([ways, before, after]) => {
      const letters = [...text].map((letter, at) => {
        if (ways[at] === 1) return letter.toUpperCase();
        if (ways[at] === 2) return String.fromCodePoint(letter.codePointAt(0)! + 0xfee0);
        return letter;
      });
      return before + letters.join('') + after;
    });

/** A JSON string, some of its characters escaped. */
const quoted = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((isEscaped) => {
    const units = text.split('').map((unit, at) => {
      const code = unit.charCodeAt(0);
      return isEscaped[at] === true || code < 0x20 ? `\\u${code.toString(16).padStart(4, '0')}` : unit;
    });
    return `"${units.join('')}"`;
  });

const name = fc
  .constantFrom('model', 'models', 'Model', 'fallback_models', 'model_id', 'deployment')
  .chain(spelt)
  .chain(quoted);
const value = fc.constantFrom('gpt-old', 'meta/llama-secret').chain(spelt).chain(quoted);

/** A member that names the filtered model, bare, in a list, as an object, or further inside. */
const member = fc.tuple(name, value, fc.nat(5)).map(([key, one, way]) => {
  switch (way) {
    case 0:
      return `${key}:["other",${one}]`;
    case 1:
      return `${key}:[{"id":${one}}]`;
    case 2:
      return `"session":{"type":"realtime",${key}:${one}}`;
    case 3:
      return `"requests":[{"custom_id":"1","body":{${key}:${one},"messages":[]}}]`;
    default:
      return `${key}:${one}`;
  }
});

const harmless = fc
  .array(
    fc.constantFrom(
      '"model":"fine"',
      '"messages":[{"role":"user","content":"gpt-old \\"}]"}]',
      '"stream":true',
      '"n":1',
    ),
    { maxLength: 4 },
  )
  .map((all) => [...new Set(all)]);

const document = fc.tuple(harmless, member, fc.nat(4)).map(([others, bad, at]) => {
  const members: string[] = [...others];
  members.splice(Math.min(at, members.length), 0, bad);
  return `{${members.join(',')}}`;
});

describe('a filtered model', () => {
  it('never passes in JSON, however it and its member are spelt, wherever they stand', () => {
    fc.assert(
      fc.property(
        document,
        fc.constantFrom(JSON_TYPE, 'text/plain', '', 'application/x+json'),
        (text, type) => {
          expect(problem(text, type), text).not.toBe('passes');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never passes in JSON lines', () => {
    fc.assert(
      fc.property(document, fc.constantFrom('\n', '\u001e', ' '), (text, between) => {
        expect(problem(`{"model":"a"}${between}${text}\n`, 'application/x-ndjson'), text).not.toBe('passes');
      }),
    );
  });

  it('never passes in another encoding of text', () => {
    fc.assert(
      fc.property(
        document,
        fc.boolean(),
        fc.constantFrom('utf16le', 'utf16be', 'utf32le'),
        (text, hasMark, way) => {
          const type = way === 'utf32le' ? 'text/plain' : 'application/octet-stream';
          expect(problem(encoded(hasMark ? `\ufeff${text}` : text, way), type)).not.toBe('passes');
        },
      ),
    );
    expect(problem('\ufeff{"model":"gpt-old"}')).toBe('filtered');
    expect(problem('\f{"model":"gpt-old"}', 'text/plain')).toBe('unreadable');
    expect(problem('{"model":"x"}', 'application/json; charset=utf-7')).toBe('unreadable');
  });

  it('never passes as one of two that differ, first or last', () => {
    expect(problem('{"model":"gpt-old","model":"fine"}')).toBe('filtered');
    expect(problem('{"model":"fine","model":"gpt-old"}')).toBe('filtered');
  });

  it('never passes where readers disagree about the end of a text', () => {
    expect(problem(`{"messages":['"'],"model":"gpt-old","x":['"']}`)).toBe('invalid');
    expect(problem('{"messages":[/* " */],"model":"gpt-old","x":[/* " */]}')).toBe('invalid');
    expect(problem('{"model":"gpt-old\\u0000"}')).toBe('unreadable');
    expect(
      problem(Buffer.concat([Buffer.from('{"mod'), Buffer.from([0xc1, 0xa5]), Buffer.from('l":"gpt-old"}')])),
    ).toBe('unreadable');
  });

  it('never passes in a form, whatever its fields look like', () => {
    const field = (disposition: string, text: string, nl = '\r\n', more = '') =>
      `--b0undary${nl}Content-Disposition: ${disposition}${more}${nl}${nl}${text}${nl}`;
    const end = '--b0undary--\r\n';
    const fine = field('form-data; name="model"', 'fine');
    const spellings = [
      field('form-data; name="model"', 'gpt-old'),
      field('form-data; name=model', ' GPT-OLD '),
      field('form-data; name="Model"', 'gpt-old'),
      field("form-data; name*=utf-8''model", 'gpt-old'),
      field('form-data; name="mod%65l"', 'gpt-old'),
      field('form-data; name="x"; name="model"', 'gpt-old'),
      field('form-data; filename="a\\"; name=\\"model"; name="x"', 'gpt-old'),
      field('form-data; name="model"', 'gpt-old', '\n'),
      field('form-data;\r\n name="model"', 'gpt-old'),
      field('form-data; name="model"', 'Z3B0LW9sZA==', '\r\n', '\r\nContent-Transfer-Encoding: base64'),
      field('form-data; name="model"', 'gpt-old', '\r\n', '\r\nContent-Disposition: form-data; name="x"'),
      field('form-data; name="a"', 'x', '\r\n', '\r\nContent-Type: multipart/mixed; boundary=c'),
      field('form-data; name="model"', 'gpt-old', '\r\n', '\r\nContent-Type: text/plain; charset=ISO-8859-1'),
      field(
        'form-data; name="model"',
        'x',
        '\r\n',
        '\r\nContent-Type: text/plain; charset=utf-8; charset=IBM037',
      ),
      field('form-data; name="session"', '{"type":"realtime","model":"gpt-old"}'),
      field('form-data; name="session"', '\n{"x":NaN,"model":"gpt-old"}'),
      field('form-data; name="file"; filename="a\\"; name="model"; x="b"', 'gpt-old'),
    ];
    for (const one of spellings) {
      for (const parts of [one + fine + end, fine + one + end, `${fine}${one}`]) {
        expect(problem(parts, FORM_TYPE), parts).not.toBe('passes');
      }
    }
    expect(problem(`${field('form-data; name="x"', 'y').repeat(1_001)}${end}`, FORM_TYPE)).toBe('unreadable');
    expect(problem(fine + end, `${FORM_TYPE}; boundary=other`)).toBe('unreadable');
    expect(problem(fine + end, 'multipart/form-data; boundary="b0undary')).toBe('unreadable');
    expect(problem(`x\n${fine}${end}`, FORM_TYPE)).toBe('unreadable');
    expect(problem(`${fine}${end}${fine}`, FORM_TYPE)).toBe('unreadable');
    expect(problem(fine + end, 'multipart/mixed; boundary=b0undary')).toBe('unreadable');
    expect(problem(fine + end, FORM_TYPE)).toBe('passes');
  });

  it('never passes in the requests of a batch, nor does what cannot be read of one', () => {
    const line = '{"custom_id":"1","body":{"model":"gpt-old"}}\n';
    for (const file of [
      line,
      `\n${line}`,
      ` ${line}`,
      `\ufeff${line}`,
      `{}\n\ufeff${line}`,
      `#x\n${line}`,
      `{x\r${line}`,
      encoded(`\ufeff${line}`, 'utf16le'),
      encoded(line, 'utf16be'),
      gzipSync(line),
      '{"a":NaN,"body":{"model":"gpt-old"}}\n',
      '{"body":{"x":Infinity,"model":"gpt-old"}}\n',
      `{"metadata":\n${line}}\n`,
      line.replace('body', 'bo\\u0064y'),
    ]) {
      expect(problem(upload('batch', file), FORM_TYPE), file.toString()).toMatch(/^(filtered|unreadable)$/);
      expect(problem(upload('%22Batch', file), FORM_TYPE)).not.toBe('passes');
    }
    expect(problem(upload('batch', line.replaceAll('gpt-old', 'fine').repeat(3)), FORM_TYPE)).toBe('passes');
  });

  it('never passes for what the body claims to be', () => {
    const bad = '{"model":"gpt-old"}';
    for (const type of [
      'image/png',
      'audio/wav',
      'video/mp4',
      'font/woff',
      'application/octet-stream',
      'text/html',
      'application/json, text/x',
      'application/json; charset*0=utf-7',
      'application/json; charset=utf-8; charset=utf-7',
    ]) {
      for (const body of [
        bad,
        `\ufeff \u2003${bad}`,
        encoded(bad, 'utf16le'),
        encoded(`\ufeff${bad}`, 'utf16be'),
      ]) {
        expect(problem(body, type), type).not.toBe('passes');
      }
    }
    for (const type of ['application/x-www-form-urlencoded, x', 'application/x-www-form-urlencoded x']) {
      expect(problem('model=gpt-old', type), type).toBe('unreadable');
    }
  });

  it('never passes as a fallback, in whatever shape', () => {
    for (const one of [
      '"fallbacks":[{"fine":["gpt-old"]}]',
      '"fallbacks":{"fine":["gpt-old"]}',
      '"fallbacks":{"metadata":{"x":["gpt-old"]}}',
      '"fallbacks":[{"gpt-old":{}}]',
      '"context_window_fallback_dict":{"fine":"gpt-old"}',
      '"extra_body":{"Fallbacks":[[["gpt-old"]]]}',
    ]) {
      expect(problem(`{"model":"fine",${one}}`), one).toBe('filtered');
    }
    expect(problem('{"model":"fine","fallbacks":[{"fine":["gpt-older"]}]}')).toBe('passes');
  });

  it('never passes behind a prefix or before a suffix', () => {
    const json = (model: string) => problem(JSON.stringify({ model }));
    for (const model of [
      'gpt-old:free',
      'gpt-old:a:b',
      'openai/gpt-old',
      'openai:gpt-old',
      'a/b/GPT-old:nitro',
      'openai\uff0fgpt-old',
      'models/gpt-old/',
      'x/meta/llama-secret:free',
      'gpt-old#x',
      'gpt-old?x',
      `${'a'.repeat(10_000)}/gpt-old`,
      `gpt-old:${'a'.repeat(10_000)}`,
      'ft:x/gpt-old',
    ]) {
      expect(json(model), model.slice(0, 50)).toBe('filtered');
    }
    for (const model of [
      'gpt-old-mini',
      'my-gpt-old',
      'openai/gpt-old-mini:free',
      'ft:gpt-old:org::id',
      'openai/ft:gpt-old:org',
      'llama-secret',
      'gpt-old/x',
    ]) {
      expect(json(model), model).toBe('passes');
    }
  });

  it('is looked for in time that grows with the body alone, a slice at a time', () => {
    for (const one of ['[\n', '[1,\n', '{"a":\n', '{}\n', '1 ']) {
      const body = Buffer.from(upload('batch', one.repeat(200_000)));
      let steps = 0;
      for (const reading = requestHead(body, FORM_TYPE, FILTER); ; steps++) if (reading.next().done) break;
      expect(steps, one).toBeLessThan(body.length / 10_000);
      const session = Buffer.from(
        `--b0undary\r\nContent-Disposition: form-data; name="s"\r\n\r\n${one.repeat(200_000)}\r\n--b0undary--\r\n`,
      );
      problem(session, FORM_TYPE);
    }
  });

  it('is looked for in one field of a form with each step, and not in one that is too long for a name', () => {
    const form = (value: string, count: number) =>
      Buffer.from(
        `${`--b0undary\r\nContent-Disposition: form-data; name="model"\r\n\r\n${value}\r\n`.repeat(count)}--b0undary--\r\n`,
      );
    let steps = 0;
    const body = form('\ufdfa'.repeat(1_000), 500);
    for (const reading = requestHead(body, FORM_TYPE, FILTER); ; steps++) if (reading.next().done) break;
    expect(steps).toBeGreaterThanOrEqual(500);
    expect(problem(form('x'.repeat(5_000), 1), FORM_TYPE)).toBe('unreadable');
  });

  it('never passes in a form of the other kind', () => {
    const type = 'application/x-www-form-urlencoded';
    for (const text of [
      'model=gpt-old',
      'a=b&Model=GPT%2dold+',
      'a;mod%65l=gpt-old',
      'model[]=gpt-old',
      'model=%u0067pt-old',
      'model=gpt%25252Dold',
      'session={"model":"gpt-old"}',
    ]) {
      expect(problem(text, type), text).toBe('filtered');
    }
    expect(problem('{"a":"&model=gpt-old&"}', type)).toBe('filtered');
    expect(problem('a=b&'.repeat(2_000), type)).toBe('unreadable');
  });

  it('never passes in a path, a query or a header', () => {
    const found = (path: string, query = '', headers: string[] = []) =>
      modelInUrl({ path, query, headers }, FILTER) !== undefined;
    for (const path of [
      '/models/gpt-old',
      '/models/GPT%2dOLD',
      '/models/gpt%252dold',
      '/models//gpt-old/',
      '/models/meta/llama-secret',
      '/models/Meta%2FLlama-Secret',
      '/models/gpt-old:generateContent',
      '/deployments/gpt-old/chat/completions',
      '/engines/gpt-old/completions',
      '/Deployments/gpt-old;x=1/chat',
      '/models/gpt%25252dold',
      '/models/gpt%2525252525252525252dold',
      '/models/gpt-old:a:b',
      '/models/gpt-old%23x',
      '/models/gpt-old%3Fx',
      '/models/models/models/gpt-old',
      '/models/openai/gpt-old:free',
      '/model/gpt-old/converse',
      '/ai/run/gpt-old',
    ]) {
      expect(found(path), path).toBe(true);
    }
    for (const query of [
      '?model=gpt-old',
      '?a=b&Model=%67pt-old',
      '?mod%65l=gpt-old',
      '?deployment=gpt-old+',
      '?model=%u0067pt-old',
      '?model=gpt%25252Dold',
      '?model=gpt-old:free',
    ]) {
      expect(found('/realtime', query), query).toBe(true);
    }
    expect(found('/chat/completions', '', ['X-Model', ' gpt-old '])).toBe(true);
    for (const [name, value] of [
      ['x-portkey-config', '{"provider":"openai","override_params":{"model":"gpt-old"}}'],
      ['x-portkey-config', encodeURIComponent('{"fallback":{"a":["gpt-old"]}}')],
      ['helicone-fallbacks', '[{"target-url":"https://a","bodyKeyOverride":{"model":"gpt-old"}}]'],
      ['x-fallbacks', '{"a":["gpt-old"]}'],
      ['x-model', 'a;gpt-old'],
      ['x-model', 'a, openai/gpt-old'],
    ] as const) {
      expect(found('/chat/completions', '', [name, value]), value).toBe(true);
    }
    expect(found('/files/gpt-old')).toBe(false);
    expect(found('/responses/gpt-old/input_items', '?after=gpt-old')).toBe(false);
    expect(
      found('/x', '', ['x-config', '{"note":"gpt-old"}', 'x-portkey-metadata', '{"model":"gpt-old"}']),
    ).toBe(false);
    expect(found('/models/gpt-older', '?q=gpt-old', ['x-note', 'gpt-old'])).toBe(false);
  });
});

describe('with filtered models, another model', () => {
  it('passes, whatever people write about the filtered ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.jsonValue(), (text, metadata) => {
        const body = JSON.stringify({
          model: 'fine',
          messages: [{ role: 'user', content: `gpt-old ${text}`, model: 'gpt-old' }],
          metadata: { model: 'gpt-old', more: metadata },
          tools: [
            {
              type: 'function',
              function: { name: 'f', parameters: { properties: { model: { enum: ['gpt-old'] } } } },
            },
          ],
        });
        expect(problem(body)).toBe('passes');
      }),
    );
    expect(problem('{"model":"gpt-old-2"}')).toBe('passes');
    expect(problem(JSON.stringify({ model: 'x'.repeat(1_000_000) }))).toBe('passes');
    expect(problem(Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x7b]), 'audio/mpeg')).toBe('passes');
    expect(problem('[not json', 'text/plain')).toBe('passes');
  });

  it('passes with what it carries: files, prompts, attributes, names of files', () => {
    for (const members of ['"attributes":{"model":"gpt-old"}', '"action":{"env":{"MODEL":"gpt-old"}}']) {
      expect(problem(`{"model":"fine",${members}}`), members).toBe('passes');
    }
    for (const purpose of ['user_data', 'fine-tune', 'logs']) {
      expect(problem(upload(purpose, '{"model":"gpt-old"}\n'), FORM_TYPE), purpose).toBe('passes');
    }
    const part = (head: string, text: string) =>
      `--b0undary\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
    for (const one of [
      part('name="prompt"', '{"scene":"x","model":"gpt-old"}'),
      part('name="metadata[model]"', 'gpt-old'),
      part('name="image%5B%5D"; filename="a.png"', '{"model":"gpt-old"}'),
      part('name="file"; filename="a\\"b.mp3"', 'x'),
      part('name="file"; filename="a.mp3"\r\nContent-Type: application/octet-stream', '\0\0\u0001\0'),
      part('name="model"\r\nContent-Type: text/plain; charset=ISO-8859-1', 'fine'),
      part('name="note"', '{not json'),
    ]) {
      expect(problem(`${one}--b0undary--\r\n`, FORM_TYPE), one).toBe('passes');
    }
    expect(problem('PK\u0003\u0004\u0014\0\0\0', 'application/octet-stream')).toBe('passes');
    expect(problem(Buffer.from([0, 0, 0, 0x7b, 0x66, 0x74]), 'video/mp4')).toBe('passes');
  });
});

function upload(purpose: string, file: string | Buffer): Buffer {
  const head = (rest: string) => `--b0undary\r\nContent-Disposition: form-data; ${rest}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(head('name="file"; filename="b.jsonl"\r\nContent-Type: application/octet-stream')),
    Buffer.from(file as string),
    Buffer.from(`\r\n${head('name="purpose"')}${purpose}\r\n--b0undary--\r\n`),
  ]);
}

function encoded(text: string, way: string): Buffer {
  const little = Buffer.from(text, 'utf16le');
  if (way === 'utf16le') return little;
  if (way === 'utf16be') return Buffer.from(little).swap16();
  const units = [...text].flatMap((character) => {
    const unit = Buffer.alloc(4);
    unit.writeUInt32LE(character.codePointAt(0)!);
    return [...unit];
  });
  return Buffer.from(units);
}
