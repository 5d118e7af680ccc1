import { describe, expect, it } from 'vitest';
import { parseSetting, serializeSetting } from '../../../lib/config/settings';

const parse = (routes: unknown) => parseSetting('MODEL_ROUTES', JSON.stringify(routes));
const read = (routes: unknown) => {
  const parsed = parse(routes);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
};
const refusal = (routes: unknown) => {
  const parsed = parse(routes);
  if (parsed.ok) throw new Error('was accepted');
  return parsed.message;
};

const target = { provider: 'groq' };

describe('MODEL_ROUTES', () => {
  it('fills in weight, tier and reason', () => {
    expect(
      read([{ name: ' fast ', targets: [' Groq ', { provider: 'b', model: 'm', weight: 0.5, tier: 2 }] }]),
    ).toEqual([
      {
        name: 'fast',
        targets: [
          { provider: 'groq', weight: 1, tier: 1 },
          { provider: 'b', model: 'm', weight: 0.5, tier: 2 },
        ],
        on: ['unavailable'],
      },
    ]);
  });

  it('takes the time for the first content in either spelling, and reasons as a text', () => {
    const rest = { targets: [target], on: 'context_length, unavailable' };
    const [snake, camel] = read([
      { name: 'a', first_token_timeout: 3, ...rest },
      { name: 'b', firstTokenTimeout: 3, ...rest },
    ]);
    expect(snake).toMatchObject({ firstTokenTimeout: 3, on: ['context_length', 'unavailable'] });
    expect(camel).toMatchObject({ firstTokenTimeout: 3 });
  });

  it('reads what it has written as the same', () => {
    const routes = read([
      { name: 'a*', targets: [{ ...target, model: 'm', weight: 3, tier: 2 }, 'b'], on: ['content_policy'] },
      { name: 'b', targets: [target], first_token_timeout: 0 },
    ]);
    const parsed = parseSetting('MODEL_ROUTES', serializeSetting('MODEL_ROUTES', routes));
    expect(parsed.ok && parsed.value).toEqual(routes);
    // As the settings page shows it, too.
    expect(read(routes)).toEqual(routes);
  });

  it.each([
    [[{ targets: [target] }], /\[0\]\.name: is missing/],
    [[{ name: '', targets: [target] }], /\[0\]\.name/],
    [[{ name: 'a' }], /\[0\]\.targets: is missing/],
    [[{ name: 'a', targets: [] }], /\[0\]\.targets: must have a target/],
    [[{ name: 'a', targets: [{ model: 'm' }] }], /\[0\]\.targets\[0\]\.provider: is missing/],
    [[{ name: 'a', targets: [{ provider: '..' }] }], /\[0\]\.targets\[0\]\.provider: must be 1 to 63/],
    [
      [{ name: 'a', targets: [{ ...target, model: '../../x' }] }],
      /\[0\]\.targets\[0\]\.model: must have no part that is/,
    ],
    [[{ name: 'a', targets: [{ ...target, model: 'a\\..' }] }], /\[0\]\.targets\[0\]\.model: must have no/],
    [[{ name: 'a', targets: [{ ...target, weight: 0 }] }], /\[0\]\.targets\[0\]\.weight: must be a number/],
    [
      [{ name: 'a', targets: [{ ...target, tier: 1.5 }] }],
      /\[0\]\.targets\[0\]\.tier: must be a whole number/,
    ],
    [[{ name: 'a', targets: [{ ...target, wait: 1 }] }], /\[0\]\.targets\[0\]: has a field .* weight, tier/],
    [[{ name: 'a', targets: [target], when: 1 }], /\[0\]: has a field .* first_token_timeout/],
    [[{ name: 'a', targets: [target], on: ['always'] }], /\[0\]\.on\[0\]: must be some of unavailable/],
    [[{ name: 'a', targets: [target, 'GROQ'] }], /\[0\]\.targets\[1\]: is there already/],
    [
      [
        { name: 'a', targets: [target] },
        { name: 'a', targets: [target] },
      ],
      /\[1\]\.name: is the name of entry 0 already/,
    ],
    [{ name: 'a' }, /must be a JSON list such as/],
    ['nothing', /must be a JSON list such as/],
  ])('refuses %j and says where', (routes, message) => {
    expect(refusal(routes)).toMatch(message);
  });
});
