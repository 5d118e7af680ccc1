import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import { ask } from './ask';
import { inEveryFace, type Program } from './faces';
import { expectRefusal } from './refusal';

const body = { model: 'gpt-test', messages: [] };

/** Where a request to this path went: the key it was sent with and the path it was sent to. */
async function whereItWent(upstream: ScriptedUpstream, server: Program, path: string): Promise<string> {
  upstream.reset();
  const answer = await ask(server, path, { body });
  expect(answer.status, answer.text).toBe(200);
  expect(upstream.requests).toHaveLength(1);
  const { key, url } = upstream.requests[0]!;
  return `${key} ${url}`;
}

inEveryFace('routes', (start, face) => {
  let upstream: ScriptedUpstream;
  let server: Program;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const origin = new URL(upstream.baseUrl).origin;
    server = await start({
      BASE_URL: `${origin}/own/v1`,
      API_KEYS: 'sk-own',
      PROVIDERS_CONFIG: [
        { name: 'Groq', path: 'Groq', base_url: `${origin}/openai/v1/`, api_keys: ['sk-groq'] },
        { name: 'Bare', path: 'a.b_c-1', base_url: origin, api_keys: ['sk-bare'] },
        { name: 'Off', path: 'off', base_url: `${origin}/off`, api_keys: ['sk-off'], enabled: false },
      ],
    });
  });
  beforeEach(() => upstream.reset());
  afterAll(() => upstream.stop());

  it.each([
    ['/v1/chat/completions', 'sk-own /own/v1/chat/completions'],
    ['/hf/v1/chat/completions', 'sk-own /own/v1/chat/completions'],
    ['/openai/v1/chat/completions', 'sk-own /own/v1/chat/completions'],
    ['/OpenAI/v1/chat/completions', 'sk-own /own/v1/chat/completions'],
    ['/default/v1/chat/completions', 'sk-own /own/v1/chat/completions'],
    ['/groq/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/hf/groq/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/openai/groq/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/gRoQ/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/HF/GROQ/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/%67roq/v1/chat/completions', 'sk-groq /openai/v1/chat/completions'],
    ['/a.b_c-1/v1/chat/completions', 'sk-bare /chat/completions'],
    ['/groq/v1/v1/chat/completions', 'sk-groq /openai/v1/v1/chat/completions'],
    ['/v1/groq/v1/chat', 'sk-own /own/v1/groq/v1/chat'],
    ['/groq/v1/made/up/endpoint?x=1', 'sk-groq /openai/v1/made/up/endpoint?x=1'],
  ])('%s leads to %s', async (path, destination) => {
    expect(await whereItWent(upstream, server, path)).toBe(destination);
  });

  it.each(['/nobody/v1/chat/completions', '/hf/nobody/v1/models', '/openai/nobody/v1/x', '/n%6Fbody/v1/x'])(
    '%s leads nowhere, as there is no such provider',
    async (path) => {
      expectRefusal(await ask(server, path, { body }), 404, 'provider_not_found');
      expect(upstream.requests).toEqual([]);
    },
  );

  // Next answers by itself where it cannot decode a path.
  it.skipIf(face === 'next')('a provider whose name cannot be decoded does not exist', async () => {
    expectRefusal(await ask(server, '/%zz/v1/models'), 404, 'provider_not_found');
    expectRefusal(await ask(server, '/hf/%E0%A4%A/v1/models'), 404, 'provider_not_found');
  });

  it.each(['/off/v1/chat/completions', '/hf/off/v1/models', '/OFF/v1/models'])(
    '%s leads nowhere, as the provider is disabled',
    async (path) => {
      expectRefusal(await ask(server, path, { body }), 404, 'provider_not_found');
      expect(upstream.requests).toEqual([]);
    },
  );

  it('does not tell strangers which providers there are', async () => {
    for (const path of ['/groq/v1/models', '/nobody/v1/models', '/off/v1/models']) {
      const answer = await ask(server, path, { headers: { authorization: undefined } });
      expectRefusal(answer, 401, 'missing_token');
    }
  });

  it.each([
    '/v1',
    '/v1/',
    '/groq/v1',
    '/hf/groq/v1/',
    '/a/b/v1/models',
    '/groq/hf/v1/models',
    '/chat/completions',
  ])('%s is no endpoint', async (path) => {
    expectRefusal(await ask(server, path, { body }), 404, 'unknown_path');
    expect(upstream.requests).toEqual([]);
  });
});

inEveryFace('providers that are called like a prefix', (start) => {
  it('take the paths of their name, and leave the others as they were', async () => {
    const upstream = await startScriptedUpstream();
    const origin = new URL(upstream.baseUrl).origin;
    const server = await start({
      BASE_URL: `${origin}/own`,
      API_KEYS: 'sk-own',
      PROVIDERS_CONFIG: [
        { name: 'OpenAI', path: 'openai', base_url: `${origin}/oai`, api_keys: ['sk-oai'] },
        { name: 'HF', path: 'hf', base_url: `${origin}/face`, api_keys: ['sk-face'] },
      ],
    });
    const went = (path: string) => whereItWent(upstream, server, path);
    expect(await went('/v1/x')).toBe('sk-own /own/x');
    expect(await went('/openai/v1/x')).toBe('sk-oai /oai/x');
    expect(await went('/OPENAI/v1/x')).toBe('sk-oai /oai/x');
    expect(await went('/hf/v1/x')).toBe('sk-face /face/x');
    expect(await went('/hf/openai/v1/x')).toBe('sk-oai /oai/x');
    expect(await went('/openai/hf/v1/x')).toBe('sk-face /face/x');
    expect(await went('/openai/openai/v1/x')).toBe('sk-oai /oai/x');
    await upstream.stop();
  });
});

inEveryFace('DEFAULT_PROVIDER', (start) => {
  it('says which provider answers where none is named', async () => {
    const upstream = await startScriptedUpstream();
    const origin = new URL(upstream.baseUrl).origin;
    const server = await start({
      DEFAULT_PROVIDER: 'Groq',
      BASE_URL: `${origin}/own`,
      API_KEYS: '',
      PROVIDERS_CONFIG: [
        { name: 'Groq', path: 'groq', base_url: `${origin}/groq`, api_keys: ['sk-groq'] },
        { name: 'Other', path: 'other', base_url: `${origin}/other`, api_keys: ['sk-other'] },
      ],
    });
    for (const path of ['/v1/x', '/hf/v1/x', '/openai/v1/x', '/groq/v1/x']) {
      expect(await whereItWent(upstream, server, path)).toBe('sk-groq /groq/x');
    }
    expect(await whereItWent(upstream, server, '/other/v1/x')).toBe('sk-other /other/x');
    expectRefusal(await ask(server, '/default/v1/x', { body }), 404, 'provider_not_found');
    await upstream.stop();
  });
});
