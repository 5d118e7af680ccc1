export const snippetLanguages = ['python', 'node', 'curl'] as const;
export type SnippetLanguage = (typeof snippetLanguages)[number];

interface SnippetInput {
  /** With scheme, host and path. */
  readonly baseUrl: string;
  readonly token: string;
  readonly model: string;
}

/** How to use the gateway from there, to paste. The values are quoted as the language wants it. */
export function snippetOf(language: SnippetLanguage, { baseUrl, token, model }: SnippetInput): string {
  const [url, key, name] = [baseUrl, token, model].map((value) => JSON.stringify(value));
  switch (language) {
    case 'python':
      return `from openai import OpenAI

client = OpenAI(base_url=${url}, api_key=${key})
answer = client.chat.completions.create(
    model=${name},
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`;
    case 'node':
      return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: ${url}, apiKey: ${key} });
const answer = await client.chat.completions.create({
  model: ${name},
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
    case 'curl': {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
      return `curl ${quoted(`${baseUrl}/chat/completions`)} \\
  -H ${quoted(`Authorization: Bearer ${token}`)} \\
  -H 'Content-Type: application/json' \\
  -d ${quoted(body)}`;
    }
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
