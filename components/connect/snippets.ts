import type { ChatBody, ChatMessage } from '@/lib/client/chat-stream';

export const snippetLanguages = ['python', 'node', 'curl'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

export const languageNames: Record<SnippetLanguage, string> = {
  python: 'Python',
  node: 'Node',
  curl: 'curl',
};

interface SnippetInput {
  /** With scheme, host and path. */
  readonly baseUrl: string;
  readonly token: string;
  readonly body: ChatBody;
  readonly isStream: boolean;
}

/** The shortest request that a model answers. */
export const helloTo = (model: string): ChatBody => ({
  model,
  messages: [{ role: 'user', content: 'Hello' }],
});

/** How to send this request through the gateway, to paste. The values are quoted as the language wants it. */
export function snippetOf(language: SnippetLanguage, input: SnippetInput): string {
  switch (language) {
    case 'python':
      return pythonOf(input);
    case 'node':
      return nodeOf(input);
    case 'curl':
      return curlOf(input);
  }
}

/** What is beside the model and the messages; each a text or a number. */
function restOf({ model: _model, messages: _messages, ...rest }: ChatBody): [string, string][] {
  return Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]);
}

/** A list on one line if there is one item, else an item a line. */
function listOf(items: readonly string[], indent: string): string {
  return items.length === 1
    ? `[${items.join('')}]`
    : `[\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}]`;
}

function pythonOf({ baseUrl, token, body, isStream }: SnippetInput): string {
  const messageOf = ({ role, content }: ChatMessage) =>
    `{"role": "${role}", "content": ${JSON.stringify(content)}}`;
  const rest = [...restOf(body), ...(isStream ? [['stream', 'True'] as const] : [])];
  return `from openai import OpenAI

client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=${JSON.stringify(token)})
${isStream ? 'stream' : 'answer'} = client.chat.completions.create(
    model=${JSON.stringify(body.model)},
    messages=${listOf(body.messages.map(messageOf), '    ')},
${rest.map(([name, value]) => `    ${name}=${value},\n`).join('')})
${
  isStream
    ? `for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`
    : 'print(answer.choices[0].message.content)'
}`;
}

function nodeOf({ baseUrl, token, body, isStream }: SnippetInput): string {
  const messageOf = ({ role, content }: ChatMessage) =>
    `{ role: '${role}', content: ${scriptText(content)} }`;
  const rest = [...restOf(body), ...(isStream ? [['stream', 'true'] as const] : [])];
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: ${JSON.stringify(token)} });
const ${isStream ? 'stream' : 'answer'} = await client.chat.completions.create({
  model: ${JSON.stringify(body.model)},
  messages: ${listOf(body.messages.map(messageOf), '  ')},
${rest.map(([name, value]) => `  ${name}: ${value},\n`).join('')}});
${
  isStream
    ? `for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '');
}`
    : 'console.log(answer.choices[0].message.content);'
}`;
}

function curlOf({ baseUrl, token, body, isStream }: SnippetInput): string {
  const data = JSON.stringify(isStream ? { ...body, stream: true } : body);
  return `curl ${isStream ? '-N ' : ''}${quoted(`${baseUrl}/chat/completions`)} \\
  -H ${quoted(`Authorization: Bearer ${token}`)} \\
  -H 'Content-Type: application/json' \\
  -d ${quoted(data)}`;
}

/** Words alone stand between single quotes, as people write them. */
function scriptText(text: string): string {
  return /^[\p{L}\p{N} .,!?-]*$/u.test(text) ? `'${text}'` : JSON.stringify(text);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
