import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curlCommand, TOKEN_PLACE, type CurlInput } from '../../../components/logs/curl-command';
import { hasZeroByte, printfOf, shellWord } from '../../../lib/client/shell';

const chat: CurlInput = {
  origin: 'http://gateway.invalid',
  provider: 'groq',
  method: 'POST',
  endpoint: '/chat/completions',
  model: 'gpt-4o',
  isStream: false,
  body: undefined,
};

/** What bash makes of a command, byte by byte. */
const bash = (command: string): Buffer => execFileSync('bash', ['-c', command]);

/** The words that curl would get, and what it could read from its input. */
function given(command: string): { words: string[]; input: string } {
  const out = bash(
    `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; cat; }\n${command} </dev/null`,
  );
  const piped = command.startsWith('printf');
  const parts = (
    piped ? bash(`curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`) : out
  )
    .toString()
    .split('\0')
    .slice(0, -1);
  const input = piped ? bash(`curl() { cat; }\n${command}`).toString() : '';
  return { words: parts, input };
}

const texts = fc.string({ unit: 'binary', maxLength: 60 });
const awkward = fc.string({
  unit: fc.constantFrom(
    "'",
    '"',
    '\\',
    '$',
    '`',
    '!',
    '\n',
    '\r',
    '\t',
    '\u0001',
    '\u009b',
    '\u2028',
    'é',
    '%',
    'a',
    '0',
  ),
  maxLength: 20,
});

describe('a word of a shell', () => {
  test('stands for exactly the text, whatever it is, and has no control characters', () => {
    fc.assert(
      fc.property(fc.oneof(texts, awkward), (text) => {
        fc.pre(!hasZeroByte(text) && !/\p{Surrogate}/u.test(text));
        const word = shellWord(text);
        expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(word)).toBe(false);
        expect(bash(`printf '%s' ${word}`).equals(Buffer.from(text))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('is written with printf where it has zero bytes', () => {
    fc.assert(
      fc.property(fc.oneof(texts, awkward), (text) => {
        fc.pre(!/\p{Surrogate}/u.test(text));
        const whole = `${text}\u0000${text}`;
        expect(bash(printfOf(whole)).equals(Buffer.from(whole))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('copy as curl', () => {
  test('has the address of the provider, the body as recorded, and a place for the token', () => {
    const body = `{"model":"gpt-4o","messages":[{"role":"user","content":"It's @home"}]}`;
    expect(given(curlCommand({ ...chat, body })).words).toEqual([
      'http://gateway.invalid/groq/v1/chat/completions',
      '-H',
      `Authorization: Bearer ${TOKEN_PLACE}`,
      '-H',
      'Content-Type: application/json',
      '--data-raw',
      body,
    ]);
  });

  test('has the model and what a chat needs where the body is not known', () => {
    const words = given(curlCommand({ ...chat, provider: undefined, isStream: true })).words;
    expect(words[0]).toBe('http://gateway.invalid/v1/chat/completions');
    expect(JSON.parse(words.at(-1) ?? '')).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
  });

  test('sends nothing with what only reads or deletes', () => {
    const list = { ...chat, method: 'GET', endpoint: '/models', model: null };
    expect(given(curlCommand(list)).words.slice(0, 2)).toEqual([
      'http://gateway.invalid/groq/v1/models',
      '-H',
    ]);
    const remove = { ...list, method: 'DELETE', endpoint: '/files/file-1' };
    expect(given(curlCommand(remove)).words.slice(0, 3)).toEqual([
      '-X',
      'DELETE',
      'http://gateway.invalid/groq/v1/files/file-1',
    ]);
  });

  test('asks for a form where there is one, and takes no model for a file', () => {
    const form = { ...chat, endpoint: '/audio/transcriptions', model: '@/etc/passwd', body: '--x\r\n' };
    const words = given(curlCommand(form)).words;
    expect(words.slice(-4)).toEqual(['--form-string', 'model=@/etc/passwd', '-F', 'file=@FILE']);
  });

  test('keeps curl from reading patterns into an address, and a shell from reading anything', () => {
    const endpoint = "/models/[a]{b}';echo $HOME #";
    const words = given(curlCommand({ ...chat, endpoint, method: "P'OST", body: '{}' })).words;
    expect(words.slice(0, 4)).toEqual([
      '-X',
      "P'OST",
      '--globoff',
      `http://gateway.invalid/groq/v1${endpoint}`,
    ]);
  });

  test('pipes a body with zero bytes', () => {
    const body = "a\u0000b'%\\n\n";
    const { words, input } = given(curlCommand({ ...chat, body }));
    expect(words.at(-1)).toBe('@-');
    expect(input).toBe(body);
  });

  test('asks Google where its clients do', () => {
    const endpoint = '/models/gemini-2.5-pro:generateContent';
    expect(curlCommand({ ...chat, endpoint })).toContain(
      '/groq/v1beta/models/gemini-2.5-pro:generateContent',
    );
  });
});
