import { describe, expect, test } from 'vitest';
import {
  answerOf,
  bodyOf,
  emptyChat,
  isWaiting,
  newChat,
  nextBody,
  withAnswer,
  withQuestion,
  wrongParameters,
  type Answer,
  type Chat,
} from '../../../lib/client/playground';
import { chatOf, textOf } from '../../../lib/client/playground-memory';

const said = (text: string, more: Partial<Answer> = {}): Answer => ({
  model: 'm',
  text,
  thought: '',
  totalMs: 1,
  ...more,
});
const chatWith = (...turns: Chat['turns']): Chat => ({ ...emptyChat, models: ['m'], turns });
const contents = (chat: Chat, side: number, question: string) =>
  bodyOf(chat, side, question).messages.map(({ content }) => content);

describe('what is sent', () => {
  test('is all that was said before, behind the system prompt', () => {
    const chat = chatWith({ id: 1, question: 'one', answers: [said('first', { thought: 'hm' })] });
    const parameters = { ...chat.parameters, system: 'Be brief.' };
    expect(bodyOf({ ...chat, parameters }, 0, 'two')).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'first' },
        { role: 'user', content: 'two' },
      ],
    });
  });

  test('has each side’s own answers, and those of the first where a side was not there yet', () => {
    const chat: Chat = {
      ...chatWith(
        { id: 1, question: 'one', answers: [said('alone')] },
        { id: 2, question: 'two', answers: [said('left'), said('right')] },
      ),
      models: ['m', 'n'],
    };
    expect(contents(chat, 0, '?')).toEqual(['one', 'alone', 'two', 'left', '?']);
    expect(contents(chat, 1, '?')).toEqual(['one', 'alone', 'two', 'right', '?']);
    expect(bodyOf(chat, 1, '?').model).toBe('n');
  });

  test('leaves out what failed and what has no words, and keeps what was stopped', () => {
    const chat = chatWith(
      { id: 1, question: 'failed', answers: [said('half', { error: { message: 'cut' } })] },
      { id: 2, question: 'silent', answers: [said('')] },
      { id: 3, question: 'stopped', answers: [said('so far', { isStopped: true })] },
    );
    expect(contents(chat, 0, '?')).toEqual(['stopped', 'so far', '?']);
  });

  test('has the parameters that are given as numbers, and no others', () => {
    const chat = chatWith();
    const parameters = {
      ...chat.parameters,
      temperature: ' 0,7 ',
      topP: '1',
      maxTokens: '300',
      effort: 'low',
    };
    expect(bodyOf({ ...chat, parameters }, 0, '?')).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: '?' }],
      temperature: 0.7,
      top_p: 1,
      max_tokens: 300,
      reasoning_effort: 'low',
    });
    expect(Object.keys(bodyOf(chat, 0, '?'))).toEqual(['model', 'messages']);
  });

  test.each(['o3-mini', 'gpt-5', 'azure/gpt-5-mini', 'openrouter/openai/o1'])(
    'limits the tokens of %s by the name that it knows',
    (model) => {
      const parameters = { ...emptyChat.parameters, maxTokens: '10' };
      const { max_tokens: old, max_completion_tokens: limit } = bodyOf(
        { ...emptyChat, models: [model], parameters },
        0,
        '?',
      );
      expect([old, limit]).toEqual([undefined, 10]);
    },
  );

  test.each([
    ['temperature', '2.1'],
    ['temperature', '-1'],
    ['topP', 'much'],
    ['topP', '1.01'],
    ['maxTokens', '0'],
    ['maxTokens', '1.5'],
  ])('is not sent with %s of %s', (name, value) => {
    expect(wrongParameters({ ...emptyChat.parameters, [name]: value })).toEqual([name]);
  });
});

test('as code stands what is typed, else what was asked last, else a greeting', () => {
  const chat = chatWith(
    { id: 1, question: 'one', answers: [said('first')] },
    { id: 2, question: 'two', answers: [said('second')] },
  );
  const last = (body: { readonly messages: readonly { readonly content: string }[] }) =>
    body.messages.map(({ content }) => content);
  expect(last(nextBody({ ...chat, draft: ' three ' }, 0, 'Hello'))).toEqual([
    'one',
    'first',
    'two',
    'second',
    'three',
  ]);
  expect(last(nextBody(chat, 0, 'Hello'))).toEqual(['one', 'first', 'two']);
  expect(last(nextBody(chatWith(), 0, 'Hello'))).toEqual(['Hello']);
});

test('a question waits for an answer of each model, and a piece of one changes that one alone', () => {
  const asked = withQuestion({ ...emptyChat, models: ['a', 'b'] }, 'q', 7);
  expect(isWaiting(asked)).toBe(true);
  const progress = {
    text: 'Hi',
    thought: '',
    firstMs: 3,
    totalMs: undefined,
    requestId: 'req_1',
    usage: undefined,
    error: undefined,
  };
  const half = withAnswer(asked, 7, 1, answerOf(progress));
  expect(half.turns[0]?.answers).toEqual([
    { model: 'a', text: '', thought: '' },
    { model: 'b', text: 'Hi', thought: '', firstMs: 3, requestId: 'req_1' },
  ]);
  const one = withAnswer(half, 7, 1, { totalMs: 9 });
  expect(isWaiting(one)).toBe(true);
  expect(isWaiting(withAnswer(one, 7, 0, { isStopped: true }))).toBe(false);
  expect(withAnswer(newChat(one), 7, 0, { text: 'late' }).turns).toEqual([]);
});

describe('what a tab keeps', () => {
  const chat = chatWith({ id: 1, question: 'one', answers: [said('first')] });

  test('is found again as it was', () => {
    const full = { ...chat, draft: 'half a sen', models: ['a', 'b'] };
    expect(chatOf(textOf(full))).toEqual(full);
  });

  test('waits for no answer that was under way', () => {
    const found = chatOf(textOf(withQuestion(chat, 'two', 2)));
    expect(isWaiting(found)).toBe(false);
    expect(found.turns[1]?.answers[0]?.isStopped).toBe(true);
  });

  test('is without the oldest turns where all would be too much', () => {
    const long = chatWith(
      ...[1, 2, 3, 4].map((id) => ({ id, question: 'q', answers: [said('x'.repeat(1_000))] })),
    );
    const found = chatOf(textOf(long, 3_000));
    expect(found.turns.map(({ id }) => id)).toEqual([3, 4]);
    expect(chatOf(textOf(long, 600)).turns).toEqual([]);
  });

  test.each([
    null,
    '',
    'nonsense',
    '[]',
    '{"models":[]}',
    JSON.stringify({ ...chat, turns: [{ id: 1, question: 'q', answers: [{ text: 5 }] }] }),
    JSON.stringify({ ...chat, parameters: {} }),
  ])('is an empty chat where the storage has %j', (text) => expect(chatOf(text)).toEqual(emptyChat));
});
