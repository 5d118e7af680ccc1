import { describe, expect, it } from 'vitest';
import { emptyConfig, type GatewayConfig, type GatewayProvider } from '../../../../lib/gateway/config';
import { addressError, resolveProvider } from '../../../../lib/gateway/request/admission';
import { parseRoute } from '../../../../lib/gateway/request/route';

const provider = (slug: string, isEnabled = true) => ({ slug, isEnabled }) as GatewayProvider;

function configOf(...providers: GatewayProvider[]): GatewayConfig {
  return {
    ...emptyConfig(),
    providers: new Map(providers.map((one) => [one.slug, one])),
    defaultProvider: 'main',
  };
}

const MAIN = provider('main');

describe('the provider that a path asks for', () => {
  const config = configOf(MAIN, provider('groq'), provider('off', false));
  it.each([
    ['/v1/x', 'main'],
    ['/groq/v1/x', 'groq'],
    ['/hf/v1/x', 'main'],
    ['/openai/groq/v1/x', 'groq'],
  ])('%s: %s', (path, slug) => {
    expect(resolveProvider(parseRoute(path)!, config)).toMatchObject({ slug });
  });

  it('is the one called like a prefix, if there is one', () => {
    expect(resolveProvider(parseRoute('/hf/v1/x')!, configOf(MAIN, provider('hf')))).toMatchObject({
      slug: 'hf',
    });
  });

  it.each([
    ['/nobody/v1/x', /no provider 'nobody'/],
    ['/hf/nobody/v1/x', /no provider 'nobody'/],
    ['/off/v1/x', /'off' is disabled/],
  ])('%s is none', (path, message) => {
    expect(resolveProvider(parseRoute(path)!, config)).toEqual({
      code: 'provider_not_found',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is not the default one if that is missing', () => {
    expect(resolveProvider(parseRoute('/v1/x')!, configOf())).toMatchObject({ code: 'provider_not_found' });
  });

  it('is told in short however long its name', () => {
    const refused = resolveProvider(parseRoute(`/${'x'.repeat(5_000)}/v1/y`)!, config);
    expect((refused as { message: string }).message.length).toBeLessThan(150);
  });
});

describe('an address', () => {
  it.each(['', '/'])('without an endpoint is unknown: %j', (path) => {
    expect(addressError({ ...parseRoute('/v1/x')!, path })).toMatchObject({ code: 'unknown_path' });
  });

  it.each([
    ['/..%2fx', ''],
    ['/files%00', ''],
    ['/files', '?a=\u0001'],
  ])('that leads elsewhere, or cannot be sent, is invalid: %j %j', (path, query) => {
    expect(addressError({ ...parseRoute('/v1/x')!, path, query })).toMatchObject({ code: 'invalid_path' });
  });

  it.each([
    '/az/openai/deployments/../chat/completions',
    '/az/openai/deployments/%2e%2e/chat/completions',
    '/az/openai/deployments/..%2f..%2fadmin/x',
    '/az/openai/deployments/a%2fb/x',
    '/az/openai/deployments/a%252Fb/x',
    '/az/openai/deployments//gpt-4o/x',
    '/az/openai/deployments/bad;x=y/x',
    '/az/openai/deployments/;/bad/x',
    '/az/openai/deployments/bad%3bx/x',
    '/az/openai/deployments/b%2561d/x',
    '/az/openai/deployments/./x',
    '/az/openai/deployments/a\\..\\b/x',
    '/gem/v1beta/models//gpt-4o:generateContent',
    '/gem/v1/models/a%5cb:generateContent',
    '/v1beta/models/a/../b:generateContent',
    '/openai/deployments/a/../chat/completions',
    '/openai/deployments/a%2f%2e%2e/chat/completions',
  ])('in which others might read another model, or another place, is invalid: %s', (url) => {
    expect(addressError(parseRoute(url)!)).toMatchObject({ code: 'invalid_path' });
  });

  it.each([
    '/az/openai/deployments/gpt-4o/chat/completions',
    '/az/openai/deployments/my%20model/chat/completions',
    '/gem/v1beta/models/gemini-2.5-pro:generateContent',
  ])('of other clients is one: %s', (url) => {
    expect(addressError(parseRoute(url)!)).toBeUndefined();
  });

  it('may have dots in its query', () => {
    expect(addressError(parseRoute('/v1/files?prefix=a/../b')!)).toBeUndefined();
  });
});
