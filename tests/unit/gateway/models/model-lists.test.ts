import { beforeEach, describe, expect, it } from 'vitest';
import type { Dialed } from '../../../../lib/balancer/attempts/transport';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import type { GatewayProvider } from '../../../../lib/gateway/config';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { ModelLists, type ModelListResult } from '../../../../lib/gateway/models/model-lists';
import type { UpstreamAnswer } from '../../../../lib/upstream/answer/answer';
import type { UpstreamKey, UpstreamRequest, UpstreamTarget } from '../../../../lib/upstream/target';
import { answered, poolOf, SeededRandom, TestClock } from '../../balancer/support';
import { answerOf, type AnswerScript } from '../../upstream/answers';

const MINUTE_MS = 60_000;
const NOTHING_FILTERED = new ModelFilter();
const DOWN: Outcome = { kind: 'dial_failed', at: 'upstream', message: 'ECONNREFUSED' };

type Script = Outcome | AnswerScript;

const list = (...ids: string[]): Script => ({
  status: 200,
  body: JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }),
});

/** Answers each dial as the test last said. */
class FakeUpstream {
  script: Script = list('a', 'b');
  /** Resolves before any answer is given. */
  gate: Promise<void> = Promise.resolve();
  readonly dials: { readonly secret: string; readonly target: UpstreamTarget; readonly path: string }[] = [];

  async dial(
    target: UpstreamTarget,
    { secret }: UpstreamKey,
    { path }: UpstreamRequest,
  ): Promise<Dialed<UpstreamAnswer>> {
    this.dials.push({ secret, target, path });
    await this.gate;
    const { script } = this;
    if ('kind' in script) return { outcome: script, answer: undefined };
    return { outcome: answered(script.status), answer: answerOf(script) };
  }
}

function provider(over: Partial<GatewayProvider> = {}): GatewayProvider {
  const slug = over.slug ?? 'main';
  return {
    slug,
    isEnabled: true,
    pool: poolOf('xy', { provider: slug, maxRetries: 0 }),
    target: {
      provider: slug,
      baseUrl: 'http://upstream/v1',
      customHeaders: {},
      timeoutMs: 300_000,
      idleTimeoutMs: 1_000,
    },
    fallbacks: [],
    modelRequestKey: undefined,
    testModel: 'gpt-test',
    ...over,
  };
}

let clock: TestClock;
let upstream: FakeUpstream;
let lists: ModelLists;

beforeEach(() => {
  clock = new TestClock();
  upstream = new FakeUpstream();
  lists = new ModelLists({ clock, random: new SeededRandom(), upstream });
});

const ask = (from: GatewayProvider, filtered = NOTHING_FILTERED): Promise<ModelListResult> =>
  lists.list(from, filtered);

/** The ids of the list, or the code of the error. */
async function idsFrom(from: GatewayProvider, filtered = NOTHING_FILTERED): Promise<string[] | string> {
  const result = await ask(from, filtered);
  if (result.kind === 'failed') return result.error.code;
  return (JSON.parse(result.list) as { data: { id: string }[] }).data.map(({ id }) => id);
}

describe('how long a list is kept', () => {
  it('asks once within 60 seconds, and again after', async () => {
    const main = provider();
    await ask(main);
    clock.advance(MINUTE_MS - 1);
    upstream.script = list('c');
    expect(await idsFrom(main)).toEqual(['a', 'b']);
    expect(upstream.dials).toHaveLength(1);
    clock.advance(1);
    expect(await idsFrom(main)).toEqual(['c']);
    expect(upstream.dials).toHaveLength(2);
  });

  it('keeps one for each provider', async () => {
    await ask(provider());
    upstream.script = list('c');
    expect(await idsFrom(provider({ slug: 'other' }))).toEqual(['c']);
    expect(await idsFrom(provider())).toEqual(['a', 'b']);
  });

  it('never shows the list of another address under the same name', async () => {
    const main = provider();
    await ask(main);
    upstream.script = DOWN;
    const moved = provider({ target: { ...main.target, baseUrl: 'http://elsewhere/v1' } });
    expect(await idsFrom(moved)).toBe('upstream_unreachable');
  });

  it('forgets the lists of providers that are gone', async () => {
    const main = provider();
    await ask(main);
    lists.keepOnly(new Map());
    await ask(main);
    expect(upstream.dials).toHaveLength(2);
  });

  it('does not keep what cannot be read', async () => {
    const main = provider();
    for (const script of [
      { status: 200, body: '<html>' },
      { status: 200, body: '{"data":[', isCut: true },
    ]) {
      upstream.script = script;
      expect(await idsFrom(main)).toBe('upstream_incomplete_answer');
    }
    upstream.script = list('c');
    expect(await idsFrom(main)).toEqual(['c']);
  });
});

describe('while the upstream is down', () => {
  it.each<[string, Script]>([
    ['cannot be reached', DOWN],
    ['answers 500', { status: 500, body: '{}' }],
    ['answers 401', { status: 401, body: '{}' }],
    ['answers nonsense', { status: 200, body: '<html>' }],
  ])('serves the stale list if it %s, for as long as it takes', async (_how, script) => {
    const main = provider();
    await ask(main);
    upstream.script = script;
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(60 * MINUTE_MS);
      expect(await idsFrom(main)).toEqual(['a', 'b']);
    }
  });

  it('asks again every 5 seconds at most, and takes the new list at once', async () => {
    const main = provider();
    await ask(main);
    upstream.script = DOWN;
    clock.advance(MINUTE_MS);
    await ask(main);
    clock.advance(4_999);
    await ask(main);
    expect(upstream.dials).toHaveLength(2);
    clock.advance(1);
    upstream.script = list('c');
    expect(await idsFrom(main)).toEqual(['c']);
    expect(upstream.dials).toHaveLength(3);
  });

  it('says so if there never was a list', async () => {
    upstream.script = DOWN;
    expect(await ask(provider())).toMatchObject({
      kind: 'failed',
      isAnswered: false,
      error: { code: 'upstream_unreachable' },
    });
  });

  it('tells an answer from silence', async () => {
    upstream.script = { status: 404, body: '{}' };
    expect(await ask(provider())).toMatchObject({ kind: 'failed', isAnswered: true });
  });
});

describe('who is asked', () => {
  it('shares one request among all who ask at the same time', async () => {
    const main = provider();
    let open: () => void = () => undefined;
    upstream.gate = new Promise((resolve) => (open = resolve));
    const asking = [idsFrom(main), idsFrom(main), idsFrom(main)];
    open();
    expect(await Promise.all(asking)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(upstream.dials).toHaveLength(1);
  });

  it('uses the model request key, and no key of the pool', async () => {
    const main = provider({ modelRequestKey: { secret: 'sk-models', hint: 'sk-...' } });
    await ask(main);
    expect(upstream.dials.map(({ secret, path }) => `${secret} ${path}`)).toEqual(['sk-models /models']);
    expect(main.pool.keys.map(({ requestCount }) => requestCount)).toEqual([0, 0]);
  });

  it('turns to the pool when the model request key is refused, and does not blame the pool for it', async () => {
    const main = provider({ modelRequestKey: { secret: 'sk-models', hint: 'sk-...' } });
    const dial = upstream.dial.bind(upstream);
    upstream.dial = (target, key, request) => {
      upstream.script = key.secret === 'sk-models' ? { status: 401, body: '{}' } : list('c');
      return dial(target, key, request);
    };
    expect(await idsFrom(main)).toEqual(['c']);
    expect(main.pool.keys.every(({ failures }) => failures === 0)).toBe(true);
  });

  it('leaves no key in flight, however it ends', async () => {
    for (const script of [
      list('a'),
      DOWN,
      { status: 404, body: '{}' },
      { status: 200, body: '{', isCut: true },
    ]) {
      const main = provider({ slug: JSON.stringify(script) });
      upstream.script = script;
      await ask(main);
      expect(main.pool.keys.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
    }
  });

  it('holds a list that broke off against the provider, and one that is merely nonsense not', async () => {
    for (const [script, state] of [
      [{ status: 200, body: '{', isCut: true }, 'open'],
      [{ status: 200, body: '<html>' }, 'closed'],
    ] as const) {
      const main = provider();
      upstream.script = script;
      for (let i = 0; i < 8; i++)
        await new ModelLists({ clock, random: new SeededRandom(), upstream }).list(main, NOTHING_FILTERED);
      expect(main.pool.breaker.state).toBe(state);
    }
  });

  it('waits 20 seconds at most, less if the provider allows less', async () => {
    const main = provider();
    await ask(main);
    await ask(provider({ slug: 'quick', target: { ...main.target, timeoutMs: 3_000 } }));
    expect(upstream.dials.map(({ target }) => target.timeoutMs)).toEqual([20_000, 3_000]);
  });
});

describe('what is shown', () => {
  it('leaves out what is filtered now, not when the list came', async () => {
    const main = provider();
    expect(await idsFrom(main, new ModelFilter(['a']))).toEqual(['b']);
    expect(await idsFrom(main, new ModelFilter(['b']))).toEqual(['a']);
    expect(upstream.dials).toHaveLength(1);
  });

  it('finds one by its id, unless it is filtered', async () => {
    upstream.script = list('org/name', 'b');
    const result = await ask(provider(), new ModelFilter(['b']));
    if (result.kind === 'failed') throw new Error(result.error.message);
    expect(result.find('org/name')).toBe('{"id":"org/name"}');
    expect(result.find('b')).toBeUndefined();
    expect(result.find('c')).toBeUndefined();
  });

  it.each([
    ['{"models":[{"name":"a"},{"name":"b"}]}', '{"models":[{"name":"b"}]}'],
    ['{"models":["a","b"]}', '{"models":["b"]}'],
    ['["a","b"]', '["b"]'],
    ['{"data":[{"model":"a"},{"model":"b"}]}', '{"data":[{"model":"b"}]}'],
  ])('hides a filtered model in a list of any shape: %s', async (body, served) => {
    upstream.script = { status: 200, body };
    expect(await ask(provider(), new ModelFilter(['a']))).toMatchObject({ kind: 'listed', list: served });
  });

  it.each(['[]', '{}', '{"data":null}', '{"data":[null,1,"x",{}]}', 'null', '"x"', '3'])(
    'passes on what is no list of models as it is: %s',
    async (body) => {
      upstream.script = { status: 200, body };
      expect(await ask(provider(), new ModelFilter(['a']))).toMatchObject({ kind: 'listed', list: body });
    },
  );
});

describe('whether a provider lists a model', () => {
  it('is waited for once while the list hangs, by all together, and is no until it comes', async () => {
    const main = provider();
    let open: () => void = () => undefined;
    upstream.gate = new Promise((resolve) => (open = resolve));
    const first = lists.has(main, 'a');
    const second = lists.has(main, 'a');
    expect(clock.sleeps).toEqual([2_000]);
    clock.advance(2_000);
    expect(await Promise.all([first, second])).toEqual([false, false]);
    expect(await lists.has(main, 'a')).toBe(false);
    expect(clock.sleeps).toEqual([2_000]);
    open();
    expect(await idsFrom(main)).toEqual(['a', 'b']);
    expect(lists.has(main, 'a')).toBe(true);
    expect(upstream.dials).toHaveLength(1);
  });

  it('is asked again a minute after it could not be had', async () => {
    const main = provider();
    upstream.script = DOWN;
    expect(await lists.has(main, 'a')).toBe(false);
    upstream.script = list('a');
    clock.advance(MINUTE_MS - 1);
    expect(lists.has(main, 'a')).toBe(false);
    clock.advance(1);
    expect(await lists.has(main, 'a')).toBe(true);
    expect(upstream.dials).toHaveLength(2);
  });
});
