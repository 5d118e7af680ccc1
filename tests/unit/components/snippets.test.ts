import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { helloTo, snippetOf } from '../../../components/connect/snippets';

const body = {
  model: 'groq/llama',
  messages: [
    { role: 'system', content: 'Be "brief".' },
    { role: 'user', content: `It's\n\${x} \\ 'quoted' — 你好` },
  ],
  temperature: 0.5,
  max_tokens: 100,
  reasoning_effort: 'low',
} as const;
const input = { baseUrl: 'http://h/v1', token: 'tok', body, isStream: true };

test('the shortest request is what people would write', () => {
  const hello = { ...input, body: helloTo('m'), isStream: false };
  expect(snippetOf('python', hello)).toContain(
    '    model="m",\n    messages=[{"role": "user", "content": "Hello"}],\n)\n',
  );
  expect(snippetOf('node', hello)).toContain(
    `  model: "m",\n  messages: [{ role: 'user', content: 'Hello' }],\n});\n`,
  );
});

test('curl sends the very request, whatever its text is made of', () => {
  const [, data = ''] = snippetOf('curl', input).split(' \\\n  -d ');
  const sent = execFileSync('sh', ['-c', `printf %s ${data}`], { encoding: 'utf8' });
  expect(JSON.parse(sent)).toEqual({ ...body, stream: true });
});

/** Prints what it was asked, and answers with an empty stream. */
const CLIENT = `class OpenAI {
  chat = { completions: { create: async (sent) => (console.log(JSON.stringify(sent)), []) } };
}`;

test('JavaScript sends the very request', () => {
  const code = snippetOf('node', input).replace(/^import .*$/m, CLIENT);
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ ...body, stream: true });
});

test('Python names each parameter and reads the stream', () => {
  const code = snippetOf('python', input);
  expect(code).toContain(
    '    temperature=0.5,\n    max_tokens=100,\n    reasoning_effort="low",\n    stream=True,\n)',
  );
  expect(code).toContain('for chunk in stream:');
  expect(code).toContain('{"role": "system", "content": "Be \\"brief\\"."},');
});
