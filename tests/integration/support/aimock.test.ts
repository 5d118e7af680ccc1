import OpenAI, { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { aimockAnswers, startAimock, type Aimock } from '../../support/aimock';

let aimock: Aimock;
let client: OpenAI;

beforeAll(async () => {
  aimock = await startAimock();
  client = new OpenAI({ baseURL: aimock.baseUrl, apiKey: 'sk-test', maxRetries: 0 });
});

afterEach(() => aimock.reset());
afterAll(() => aimock.stop());

const model = 'gpt-4o-mini';
const say = (content: string) => [{ role: 'user' as const, content }];

it('answers chat, whole and streamed in several chunks', async () => {
  const whole = await client.chat.completions.create({ model, messages: say('hi') });
  expect(whole.choices[0]?.message.content).toBe(aimockAnswers.text);

  const pieces: string[] = [];
  const stream = await client.chat.completions.create({ model, messages: say('hi'), stream: true });
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
  expect(pieces.join('')).toBe(aimockAnswers.text);
  expect(pieces.length).toBeGreaterThan(5);
});

it('calls a tool and goes on after its result', async () => {
  const asked = await client.chat.completions.create({ model, messages: say('weather?') });
  const call = asked.choices[0]?.message.tool_calls?.[0];
  expect(call).toMatchObject({
    id: 'call_weather',
    function: { name: aimockAnswers.toolName, arguments: aimockAnswers.toolArguments },
  });
  const done = await client.chat.completions.create({
    model,
    messages: [
      ...say('weather?'),
      asked.choices[0]!.message,
      { role: 'tool', tool_call_id: 'call_weather', content: 'sunny' },
    ],
  });
  expect(done.choices[0]?.message.content).toBe(aimockAnswers.afterTool);
});

it('answers responses, whole and streamed', async () => {
  expect((await client.responses.create({ model, input: 'hi' })).output_text).toBe(aimockAnswers.text);
  let text = '';
  for await (const event of await client.responses.create({ model, input: 'hi', stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
  }
  expect(text).toBe(aimockAnswers.text);
});

it('answers embeddings, models, images, transcription and moderation', async () => {
  const embedding = await client.embeddings.create({
    model: 'text-embedding-3-small',
    input: 'hi',
    encoding_format: 'float',
  });
  expect(embedding.data[0]?.embedding[1]).toBeCloseTo(-0.2);
  expect((await client.models.list()).data.length).toBeGreaterThan(0);
  const image = await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
  expect(image.data?.[0]?.url).toBe(aimockAnswers.imageUrl);
  const file = await toFile(Buffer.from('RIFF'), 'a.wav');
  const spoken = await client.audio.transcriptions.create({ model: 'whisper-1', file });
  expect(spoken.text).toBe(aimockAnswers.transcription);
  expect((await client.moderations.create({ input: 'violence' })).results[0]?.flagged).toBe(true);
});

it('keeps a journal', async () => {
  await client.chat.completions.create({ model, messages: say('hi') });
  expect(aimock.journal().map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/chat/completions',
  ]);
});

it('fails as told: once, by rate, and not after reset', async () => {
  const ask = () => client.chat.completions.create({ model, messages: say('hi') });
  aimock.failNext(503, { message: 'busy' });
  await expect(ask()).rejects.toMatchObject({ status: 503 });
  await ask();
  aimock.setChaos({ rateLimitRate: 1 });
  await expect(ask()).rejects.toMatchObject({ status: 429 });
  aimock.reset();
  await ask();
});
