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

  it('may have dots in its query', () => {
    expect(addressError(parseRoute('/v1/files?prefix=a/../b')!)).toBeUndefined();
  });
});
