import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aimockAnswers, startAimock, type Aimock } from '../../support/aimock';
import {
  chatChunk,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { CLIENT_TOKEN, inBothModes, type ServedProgram } from './faces';
import { withinMs } from './within';

const model = 'gpt-4o-mini';
const say = (content: string) => [{ role: 'user' as const, content }];
const tools = [
  {
    type: 'function' as const,
    function: {
      name: aimockAnswers.toolName,
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  },
];

inBothModes('the official client', (start) => {
  let aimock: Aimock;
  /** For what aimock does not do: embeddings of tokens and in base64, speech, errors within a stream. */
  let upstream: ScriptedUpstream;
  let server: ServedProgram;
  let client: OpenAI;
  let scripted: OpenAI;

  beforeAll(async () => {
    [aimock, upstream] = await Promise.all([startAimock(), startScriptedUpstream()]);
    server = await start({
      BASE_URL: aimock.baseUrl,
      API_KEYS: ['sk-a', 'sk-b'],
      MAX_RETRIES: '1',
      PROVIDERS_CONFIG: [
        { name: 'Scripted', path: 'scripted', base_url: upstream.baseUrl, api_keys: ['sk-scripted'] },
      ],
    });
    const options = { apiKey: CLIENT_TOKEN, maxRetries: 0 };
    client = new OpenAI({ ...options, baseURL: `${server.url}/v1` });
    scripted = new OpenAI({ ...options, baseURL: `${server.url}/scripted/v1` });
  });
  beforeEach(() => {
    aimock.reset();
    upstream.reset();
  });
  afterAll(() => Promise.all([aimock.stop(), upstream.stop()]));

  describe('chat', () => {
    it('answers whole, with the request id on it', async () => {
      const completion = await client.chat.completions.create({ model, messages: say('hi') });
      expect(completion.choices[0]?.message.content).toBe(aimockAnswers.text);
      expect(completion.usage?.total_tokens).toBeGreaterThanOrEqual(0);
      expect(completion._request_id).toMatch(/^req_/);
    });

    it('streams', async () => {
      const stream = await client.chat.completions.create({
        model,
        messages: say('hi'),
        stream: true,
        stream_options: { include_usage: true },
      });
      const pieces: string[] = [];
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
      expect(pieces.join('')).toBe(aimockAnswers.text);
      expect(pieces.length).toBeGreaterThan(5);
    });

    it('streams through the helper that gathers it', async () => {
      const runner = client.chat.completions.stream({ model, messages: say('hi') });
      expect(await runner.finalContent()).toBe(aimockAnswers.text);
    });

    it('calls a tool and goes on after its result', async () => {
      const asked = await client.chat.completions.create({ model, messages: say('weather?'), tools });
      const message = asked.choices[0]!.message;
      expect(asked.choices[0]?.finish_reason).toBe('tool_calls');
      expect(message.tool_calls?.[0]).toMatchObject({
        id: 'call_weather',
        function: { name: aimockAnswers.toolName, arguments: aimockAnswers.toolArguments },
      });
      const done = await client.chat.completions.create({
        model,
        tools,
        messages: [
          ...say('weather?'),
          message,
          { role: 'tool', tool_call_id: 'call_weather', content: 'sunny' },
        ],
      });
      expect(done.choices[0]?.message.content).toBe(aimockAnswers.afterTool);
    });

    it('streams the call of a tool', async () => {
      const runner = client.chat.completions.stream({ model, messages: say('weather?'), tools });
      const message = await runner.finalMessage();
      expect(message.tool_calls?.[0]).toMatchObject({
        function: { name: aimockAnswers.toolName, arguments: aimockAnswers.toolArguments },
      });
    });

    it('is thrown an error when its stream breaks, after the text that came', async () => {
      upstream.fallbackReply = reply.cutAfter([chatChunk('Once'), chatChunk(' upon')]);
      const stream = await scripted.chat.completions.create({ model, messages: say('hi'), stream: true });
      let text = '';
      const reading = (async () => {
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      })();
      await expect(reading).rejects.toMatchObject({ code: 'stream_cut' });
      expect(text).toBe('Once upon');
    });

    it('can leave its stream, which ends it upstream', async () => {
      const control = reply.sseControlled();
      upstream.fallbackReply = control.reply;
      const asking = scripted.chat.completions.create({ model, messages: say('hi'), stream: true });
      await control.opened;
      control.write(chatChunk('one'));
      for await (const chunk of await asking) {
        expect(chunk.choices[0]?.delta.content).toBe('one');
        break;
      }
      await withinMs(upstream.requests[0]!.closed, 2_000, 'the end of the upstream request');
      expect(upstream.requests[0]!.wasAborted()).toBe(true);
    });
  });

  describe('responses', () => {
    it('answer whole', async () => {
      const response = await client.responses.create({ model, input: 'hi' });
      expect(response.output_text).toBe(aimockAnswers.text);
    });

    it('stream, named events and all', async () => {
      let text = '';
      const types = new Set<string>();
      for await (const event of await client.responses.create({ model, input: 'hi', stream: true })) {
        types.add(event.type);
        if (event.type === 'response.output_text.delta') text += event.delta;
      }
      expect(text).toBe(aimockAnswers.text);
      expect([...types]).toEqual(expect.arrayContaining(['response.created', 'response.completed']));
    });
  });

  describe('embeddings', () => {
    it('come from text', async () => {
      const answer = await client.embeddings.create({ model, input: 'hi', encoding_format: 'float' });
      expect(answer.data[0]?.embedding[1]).toBeCloseTo(-0.2);
    });

    it.each<[string, OpenAI.EmbeddingCreateParams['input'], number]>([
      ['several texts', ['a', 'b'], 2],
      ['tokens', [9906, 1917, 100257], 3],
      ['several lists of tokens', [[9906], [1917, 0]], 2],
    ])('come from %s, in base64 as the client asks for by itself', async (_what, input, count) => {
      const answer = await scripted.embeddings.create({ model, input });
      expect(answer.data).toHaveLength(count);
      expect(answer.data[0]?.embedding).toEqual([0.25, -0.5, 1]);
      expect(JSON.parse(upstream.requests[0]!.body.toString())).toMatchObject({
        input,
        encoding_format: 'base64',
      });
    });
  });

  describe('everything else', () => {
    it('lists models and finds one', async () => {
      const ids: string[] = [];
      for await (const one of client.models.list()) ids.push(one.id);
      expect(ids.length).toBeGreaterThan(0);
      expect((await client.models.retrieve(ids[0]!)).id).toBe(ids[0]);
      expect((await scripted.models.retrieve('gpt-test')).object).toBe('model');
    });

    it('transcribes a file sent as multipart', async () => {
      const file = await toFile(Buffer.from('RIFF....WAVE'), 'a.wav');
      const spoken = await client.audio.transcriptions.create({ model: 'whisper-1', file });
      expect(spoken.text).toBe(aimockAnswers.transcription);
    });

    it('speaks', async () => {
      const audio = Buffer.from([0xff, 0xfb, 0x90, 0x00, 0x0d, 0x0a, 0x00]);
      upstream.fallbackReply = reply.bytes(200, audio, { 'content-type': 'audio/mpeg' });
      const spoken = await scripted.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'hi' });
      expect(Buffer.from(await spoken.arrayBuffer())).toEqual(audio);
    });

    it('makes images', async () => {
      const image = await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
      expect(image.data?.[0]?.url).toBe(aimockAnswers.imageUrl);
    });

    it('moderates', async () => {
      expect((await client.moderations.create({ input: 'violence' })).results[0]?.flagged).toBe(true);
    });

    it('uploads a file with its content unchanged', async () => {
      const content = '{"custom_id":"1"}\n';
      await scripted.files.create({ purpose: 'batch', file: await toFile(Buffer.from(content), 'b.jsonl') });
      expect(upstream.requests[0]).toMatchObject({ method: 'POST', url: '/v1/files', key: 'sk-scripted' });
      expect(upstream.requests[0]!.body.toString()).toContain(`\r\n\r\n${content}\r\n`);
    });
  });

  describe('errors', () => {
    it('arrive as the classes the client has for them', async () => {
      const wrong = new OpenAI({ apiKey: 'wrong', maxRetries: 0, baseURL: `${server.url}/v1` });
      const refused = wrong.chat.completions.create({ model, messages: say('hi') });
      await expect(refused).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
      await expect(refused).rejects.toMatchObject({
        status: 401,
        code: 'invalid_token',
        type: 'authentication_error',
      });

      const nowhere = new OpenAI({ apiKey: CLIENT_TOKEN, maxRetries: 0, baseURL: `${server.url}/nobody/v1` });
      await expect(nowhere.models.list()).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    });

    it("of the upstream about the client's request arrive as they are", async () => {
      upstream.fallbackReply = reply.json(400, {
        error: { message: 'bad temperature', type: 'invalid_request_error', param: 'temperature', code: 'x' },
      });
      const asking = scripted.chat.completions.create({ model, messages: say('hi'), temperature: 9 });
      await expect(asking).rejects.toMatchObject({ status: 400, param: 'temperature', code: 'x' });
      expect(upstream.requests).toHaveLength(1);
    });

    it('of one key are not seen, as another key answers', async () => {
      aimock.failNext(429, { message: 'slow down', code: 'rate_limit_exceeded' });
      const completion = await client.chat.completions.create({ model, messages: say('hi') });
      expect(completion.choices[0]?.message.content).toBe(aimockAnswers.text);
      expect(aimock.journal()).toHaveLength(2);
    });
  });
});
