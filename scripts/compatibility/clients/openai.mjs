// Chat, streaming, responses, files, an upload with a part of 64 MiB, responses and realtime over WebSocket.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { ResponsesWS } from 'openai/resources/responses/ws';

const { EXPECTED, OBJECTS_BASE_URL, TLS_BASE_URL } = process.env;
const client = new OpenAI({ maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello' }];
const model = 'gpt-4o-mini';

const answer = await client.chat.completions.create({ model, messages });
assert.equal(answer.choices[0].message.content, EXPECTED);
let text = '';
for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
  text += chunk.choices[0]?.delta.content ?? '';
}
assert.equal(text, EXPECTED);
assert.equal((await client.responses.create({ model, input: 'Hello' })).output_text, EXPECTED);
const final = await client.responses.stream({ model, input: 'Hello' }).finalResponse();
assert.equal(final.output_text, EXPECTED);

const objects = new OpenAI({ baseURL: OBJECTS_BASE_URL, maxRetries: 0 });
for (let round = 0; round < 4; round += 1) {
  const file = await toFile(Buffer.from('some notes'), 'notes.txt');
  const made = await objects.files.create({ file, purpose: 'assistants' });
  assert.equal((await objects.files.retrieve(made.id)).id, made.id);
  assert.match(await (await objects.files.content(made.id)).text(), /some notes/);
  assert.equal((await objects.files.delete(made.id)).deleted, true);
}
const bytes = 64 * 2 ** 20;
const upload = await objects.uploads.create({
  bytes,
  filename: 'a',
  mime_type: 'text/plain',
  purpose: 'batch',
});
const part = await objects.uploads.parts.create(upload.id, { data: await toFile(Buffer.alloc(bytes), 'a') });
await objects.uploads.complete(upload.id, { part_ids: [part.id] });

const done = (socket, last, open) =>
  new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('event', (event) => {
      if (event.type !== last) return;
      socket.close();
      resolve(event);
    });
    socket.socket.on('open', () => open(socket));
  });
await done(new ResponsesWS(client), 'response.completed', (socket) =>
  socket.send({ type: 'response.create', model, input: 'Hello' }),
);
// For realtime it insists on TLS.
const secure = new OpenAI({ baseURL: TLS_BASE_URL });
await done(new OpenAIRealtimeWS({ model: 'gpt-realtime' }, secure), 'response.done', (socket) => {
  const content = [{ type: 'input_text', text: 'Hello' }];
  socket.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  socket.send({ type: 'response.create' });
});
