import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { open, readAll, type Answer } from '../contract/ask';
import { httpFace } from '../contract/face';
import { readCases } from '../contract/provider-answers/case';
import { CaseUpstream } from '../contract/provider-answers/case-upstream';
import { filledIn } from '../contract/provider-answers/placeholders';

let upstream: ScriptedUpstream;
beforeAll(async () => void (upstream = await startScriptedUpstream()));
afterAll(() => upstream.stop());

const KEYS = ['sk-first', 'sk-second'];
const CHAT = { model: 'm', messages: [{ role: 'user', content: 'a secret word' }] };
const base = { status: 429, headers: {}, gzip: false };

async function ask(key: string, body: object = CHAT, path = '/v1/chat/completions'): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, 'user-agent': 'curl/8' };
  return readAll(await open(httpFace(upstream.baseUrl), path, { body, headers }));
}

describe('the upstream of a case', () => {
  it.each([
    ['the first key unless told otherwise', { key: [0] }, true, false],
    ['the keys that are named', { key: [1] }, false, true],
    ['any key', { key: 'any' as const }, true, true],
    ['a model', { key: 'any' as const, model: 'n' }, false, false],
    ['a path', { key: 'any' as const, path: '/completions' }, true, true],
    ['another path', { key: 'any' as const, path: '/responses' }, false, false],
    ['a text', { key: [0], content: 'secret' }, true, false],
    ['a client', { key: [0], userAgent: 'curl' }, true, false],
  ])('gives the bad answer to %s', async (_, when, isFirstBad, isSecondBad) => {
    const one = new CaseUpstream({ ...base, body: { error: 'bad' } }, when, KEYS);
    upstream.fallbackReply = one.reply;
    const statuses = [(await ask('sk-first')).status, (await ask('sk-second')).status];
    expect(statuses).toEqual([isFirstBad ? 429 : 200, isSecondBad ? 429 : 200]);
    expect(one.badHits).toBe([isFirstBad, isSecondBad].filter(Boolean).length);
  });

  it('answers all others well, whole and streamed, in the form of the endpoint', async () => {
    upstream.fallbackReply = new CaseUpstream({ ...base }, { key: [0] }, KEYS).reply;
    const whole = await ask('sk-second');
    expect(whole.json()).toMatchObject({ model: 'm', choices: [{ message: { content: 'fine' } }] });
    expect((await ask('sk-second', { ...CHAT, stream: true })).text).toMatch(/"content":"fine".*\[DONE\]/s);
    const response = await ask('sk-second', { model: 'm', input: 'hi' }, '/v1/responses');
    expect(response.json()).toMatchObject({ object: 'response', output: [{ content: [{ text: 'fine' }] }] });
    const stream = await ask('sk-second', { model: 'm', input: 'hi', stream: true }, '/v1/responses');
    expect(stream.text).toMatch(/"delta":"fine".*response\.completed/s);
    expect((await ask('sk-second', CHAT, '/v1/models')).json()).toMatchObject({ object: 'list' });
  });

  it('fills in the key and times, in headers as in bodies', async () => {
    const headers = { 'Retry-After': '{{http+60}}' };
    const bad = { ...base, headers, body: { key: '{{key}}', at: '{{now+60}}' } };
    upstream.fallbackReply = new CaseUpstream(bad, { key: [0] }, KEYS).reply;
    const before = Math.floor(Date.now() / 1000);
    const answer = await ask('sk-first');
    const { key, at } = answer.json();
    expect(key).toBe('sk-first');
    expect(Number(at) - before).toBeGreaterThanOrEqual(60);
    expect(Date.parse(String(answer.headers['retry-after'])) / 1000 - before).toBeGreaterThanOrEqual(60);
  });

  it('compresses a body, and each piece of a stream as it goes out', async () => {
    const whole = { ...base, gzip: true, bodyText: 'ungewöhnlich' };
    upstream.fallbackReply = new CaseUpstream(whole, { key: [0] }, KEYS).reply;
    const answer = await ask('sk-first');
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toBe('ungewöhnlich');

    const chunks = ['data: {"n":1}\n\n', { waitMs: 1 }, 'data: {"n":2}\n\n'];
    const streamed = { ...base, status: 200, gzip: true, chunks };
    upstream.fallbackReply = new CaseUpstream(streamed, { key: [0] }, KEYS).reply;
    const stream = await ask('sk-first');
    expect(stream.headers).toMatchObject({ 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    expect(gunzipSync(stream.body).toString()).toBe('data: {"n":1}\n\ndata: {"n":2}\n\n');
  });
});

it('the times of a case are written as providers write them', () => {
  const now = Date.UTC(2030, 0, 31, 20, 0, 0, 500);
  const written = (text: string) => filledIn(text, 'sk', now);
  expect(written('{{now+10}} {{nowms+1}}')).toBe('1896120011 1896120001500');
  expect(written('{{iso+1}}')).toBe('2030-01-31T20:00:01.500Z');
  expect(written('{{http+1}}')).toBe('Thu, 31 Jan 2030 20:00:01 GMT');
  expect(written('reset {{local8+60}}.')).toBe('reset 2030-02-01 04:01:00.');
});

it('every case says what it expects', () => {
  expect(readCases().length).toBeGreaterThan(30);
});
