// Text and a stream, over responses and over chats; a tool call.
import assert from 'node:assert/strict';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText, tool } from 'ai';
import { z } from 'zod';

const { EXPECTED } = process.env;
const openai = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });
for (const model of [openai.responses('gpt-4o-mini'), openai.chat('gpt-4o-mini')]) {
  const asked = { model, prompt: 'Hello', maxRetries: 0 };
  assert.equal((await generateText(asked)).text, EXPECTED);
  assert.equal(await streamText(asked).text, EXPECTED);
}
const weather = tool({ inputSchema: z.object({ city: z.string() }), execute: () => 'sunny' });
const { toolResults } = await generateText({
  model: openai.chat('gpt-4o-mini'),
  prompt: 'How is the weather?',
  tools: { get_weather: weather },
  maxRetries: 0,
});
assert.equal(toolResults[0].output, 'sunny');
