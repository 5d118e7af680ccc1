// A chat, a stream, embeddings.
import assert from 'node:assert/strict';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';

const { EXPECTED } = process.env;
const configuration = { baseURL: process.env.OPENAI_BASE_URL };
const model = new ChatOpenAI({ model: 'gpt-4o-mini', configuration, maxRetries: 0 });
assert.equal((await model.invoke('Hello')).text, EXPECTED);
let text = '';
for await (const chunk of await model.stream('Hello')) text += chunk.text;
assert.equal(text, EXPECTED);
const embeddings = new OpenAIEmbeddings({
  model: 'text-embedding-3-small',
  configuration,
  encodingFormat: 'float',
});
assert.ok((await embeddings.embedQuery('Hello')).length > 0);
