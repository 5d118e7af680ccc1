import { expect } from 'vitest';
import { reply, type RecordedRequest, type Reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { askUntil } from './ask-until';
import { inBothModes } from './faces';
import { Stage } from './stage';
import { MODEL, type StagedProvider } from './staged-provider';

const ENV = { WAIT_SECONDS: 0, CHECK_INTERVAL_HOURS: 0 };

const isModels = ({ url }: RecordedRequest): boolean => url.endsWith('/models');
const modelOf = ({ body }: RecordedRequest): unknown =>
  (JSON.parse(String(body) || '{}') as Record<string, unknown>)['model'];
const statusesOf = (answers: readonly { readonly status: number }[]): number[] =>
  answers.map(({ status }) => status);

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);
const UNTOUCHED = { status: 'active', failures: 0, cooldownUntil: null, modelCooldowns: [] };

/** Which keys have been asked for a model. */
function keysAskedFor(provider: StagedProvider, model: string): number[] {
  return provider
    .requests()
    .filter((request) => modelOf(request) === model)
    .map(({ key }) => provider.keys.indexOf(key ?? ''));
}

inBothModes('a model that not every key may use', (start) => {
  const stage = new Stage(start, ENV);

  const denials: Record<string, Reply> = {
    '404 model_not_found': reply.error(404, {
      message: 'The model `m2` does not exist or you do not have access to it.',
      type: 'invalid_request_error',
      code: 'model_not_found',
    }),
    '403 model_not_found': reply.error(403, {
      message: 'Project `proj_0` does not have access to model `m2`',
      type: 'invalid_request_error',
      code: 'model_not_found',
    }),
  };
  for (const [what, denial] of Object.entries(denials)) {
    const withoutM2: Reply = (request, response) =>
      (modelOf(request) === 'm2' ? denial : reply.healthy)(request, response);

    stage.it(
      `is served by the keys that may: ${what} of one key reaches no client, and costs it no other model`,
      { keys: 3, selection_policy: 'round_robin' },
      async (provider) => {
        provider.keyReplies(0, withoutM2);
        expect(statusesOf(await provider.chatTimes(30, { model: 'm2' }))).toEqual(times(30, 200));
        expect(keysAskedFor(provider, 'm2').filter((key) => key === 0)).toHaveLength(1);

        expect(statusesOf(await provider.chatTimes(30, { model: 'm1' }))).toEqual(times(30, 200));
        const asked = keysAskedFor(provider, 'm1');
        for (const key of [0, 1, 2]) expect(asked.filter((one) => one === key)).toHaveLength(10);

        const [first, ...others] = await provider.keyItems();
        expect(first).toMatchObject({ failures: 0, cooldownUntil: null, modelCooldowns: [{ model: 'm2' }] });
        expect(others).toMatchObject([UNTOUCHED, UNTOUCHED]);
      },
    );

    for (const keys of [1, 3]) {
      stage.it(
        `that none of ${keys} keys may use: ${what} goes to the client each time, and no key rests for it`,
        { keys, selection_policy: 'round_robin' },
        async (provider) => {
          provider.replies(withoutM2);
          const status = Number(what.slice(0, 3));
          const answers = await provider.chatTimes(10, { model: 'm2' });
          expect(statusesOf(answers)).toEqual(times(10, status));
          expect(answers.at(-1)?.json()).toMatchObject({ error: { code: 'model_not_found' } });
          expect(await provider.keyItems()).toMatchObject(times(keys, UNTOUCHED));
          expect((await provider.item()).breaker.state).toBe('closed');

          expect(statusesOf(await provider.chatTimes(6, { model: 'm1' }))).toEqual(times(6, 200));
          expect(new Set(keysAskedFor(provider, 'm1')).size).toBe(keys);
        },
      );
    }
  }
});

inBothModes('dead keys', (start) => {
  const stage = new Stage(start, ENV);

  stage.it(
    'reach no client: not even the first request fails that meets 20 of them before one that is alive',
    { keys: 24, selection_policy: 'round_robin' },
    async (provider) => {
      const dead = reply.error(401, {
        message: 'Incorrect API key provided.',
        type: 'invalid_request_error',
        code: 'invalid_api_key',
      });
      for (let key = 0; key < 20; key += 1) provider.keyReplies(key, dead);
      expect(statusesOf(await provider.chatTimes(30))).toEqual(times(30, 200));
      expect((await provider.item()).breaker.state).toBe('closed');
      const alive = (await provider.keyItems()).slice(20);
      expect(alive).toMatchObject(times(4, UNTOUCHED));
    },
  );
});

inBothModes('the organization and the project', (start) => {
  const stage = new Stage(start, ENV);
  const ofClient = { 'OpenAI-Organization': 'org-of-client', 'OpenAI-Project': 'proj-of-client' };

  async function sent(provider: StagedProvider): Promise<RecordedRequest['headers'] | undefined> {
    const { status } = await provider.ask('/chat/completions', {
      body: provider.chatBody(),
      headers: ofClient,
    });
    expect(status).toBe(200);
    return provider.requests()[0]?.headers;
  }

  stage.it('of a client stay here: they are not those of our keys', { keys: 1 }, async (provider) => {
    const headers = await sent(provider);
    expect(headers).not.toHaveProperty('openai-organization');
    expect(headers).not.toHaveProperty('openai-project');
  });

  stage.it(
    'that the provider is configured with are sent instead of those of a client',
    {
      keys: 1,
      custom_headers: { 'OpenAI-Organization': 'org-of-keys', 'OpenAI-Project': 'proj-of-keys' },
    },
    async (provider) => {
      const headers = await sent(provider);
      expect(headers).toMatchObject({
        'openai-organization': 'org-of-keys',
        'openai-project': 'proj-of-keys',
      });
    },
  );

  stage.it(
    'are configured one by one',
    { keys: 1, custom_headers: { 'OpenAI-Organization': 'org-of-keys' } },
    async (provider) => {
      const headers = await sent(provider);
      expect(headers).toMatchObject({ 'openai-organization': 'org-of-keys' });
      expect(headers).not.toHaveProperty('openai-project');
    },
  );
});

inBothModes('a rejection that may mean anything', (start) => {
  const stage = new Stage(start, { ...ENV, COOLDOWN_SECONDS: 1 });
  const no = reply.json(401, { error: { message: 'no' } });

  /** What has been asked with the first key: `chat` of a client, `models` and `test` of a probe. */
  const askedOfFirst = (provider: StagedProvider): string[] =>
    provider
      .requests()
      .filter(({ key }) => key === provider.key(0))
      .map((request) => (isModels(request) ? 'models' : modelOf(request) === MODEL ? 'chat' : 'test'));

  /** Sends chats, which other keys answer, until the first key has rejected so many. */
  async function rejectedTimes(provider: StagedProvider, count: number): Promise<void> {
    await askUntil(provider, ({ status }) => {
      expect(status).toBe(200);
      return askedOfFirst(provider).filter((what) => what === 'chat').length >= count;
    });
  }

  stage.it(
    'costs nothing when all keys say so',
    { keys: 3, max_failures: 1, selection_policy: 'round_robin' },
    async (provider) => {
      provider.replies(no);
      const answers = await provider.chatTimes(10);
      expect(statusesOf(answers)).toEqual(times(10, 401));
      expect(answers.at(-1)?.json()).toEqual({ error: { message: 'no' } });
      expect(await provider.keyItems()).toMatchObject(times(3, UNTOUCHED));
      expect((await provider.item()).breaker.state).toBe('closed');

      provider.replies(reply.healthy);
      expect(statusesOf(await provider.chatTimes(3))).toEqual(times(3, 200));
      expect(new Set(provider.asked().slice(-3))).toEqual(new Set([0, 1, 2]));
    },
  );

  stage.it(
    'counts as a failure of the key when another key answers the same request, and below MAX_FAILURES is not probed',
    { keys: 2, max_failures: 3 },
    async (provider) => {
      provider.keyReplies(0, no);
      await rejectedTimes(provider, 2);
      const [first, second] = await provider.keyItems();
      expect(first).toMatchObject({ failures: 2 });
      expect(first?.status).not.toBe('disabled_auto');
      expect(second).toMatchObject(UNTOUCHED);
      expect(askedOfFirst(provider)).toEqual(['chat', 'chat']);
    },
  );

  stage.it(
    'disables the key at MAX_FAILURES once a probe has been rejected too',
    { keys: 2, max_failures: 2 },
    async (provider) => {
      provider.keyReplies(0, no);
      await rejectedTimes(provider, 2);
      const key = await disabled(provider);
      expect(key.reason).toMatch(/^401\b.*\bno$/);
      expect(askedOfFirst(provider).slice(0, 3)).toEqual(['chat', 'chat', 'models']);
      await expect(provider.chatTimes(4).then(statusesOf)).resolves.toEqual(times(4, 200));
    },
  );

  stage.it(
    'disables the key at MAX_FAILURES if it may only list the models, as everybody may',
    { keys: 2, max_failures: 2 },
    async (provider) => {
      provider.keyReplies(0, (request, response) =>
        (isModels(request) ? reply.healthy : no)(request, response),
      );
      await rejectedTimes(provider, 2);
      await disabled(provider);
      expect(askedOfFirst(provider).slice(0, 4)).toEqual(['chat', 'chat', 'models', 'test']);
    },
  );

  stage.it(
    'leaves the key in the rotation, its failures forgotten, if its probe is answered',
    { keys: 2, max_failures: 2 },
    async (provider) => {
      provider.keyReplies(0, no, no, reply.healthy);
      await rejectedTimes(provider, 2);
      await probed(provider);
      await waitFor(async () => (await provider.keyItems())[0]?.failures === 0, {
        what: 'the failures to be forgotten',
      });
      await rejectedTimes(provider, 3);
      expect((await provider.keyItems())[0]).toMatchObject({ failures: 0, reason: null });
    },
  );

  stage.it(
    'leaves the key in the rotation if its probe proves nothing',
    { keys: 2, max_failures: 2 },
    async (provider) => {
      provider.keyReplies(0, no, no, reply.error(500), reply.healthy);
      await rejectedTimes(provider, 2);
      await (
        await probed(provider)
      ).closed;
      await rejectedTimes(provider, 3);
      expect((await provider.keyItems())[0]).toMatchObject({ failures: 0, reason: null });
    },
  );

  /** The first request of the first key's probe. */
  function probed(provider: StagedProvider): Promise<RecordedRequest> {
    return provider.upstream.waitForRequest(
      (request) => isModels(request) && request.key === provider.key(0),
    );
  }

  /** The first key, once it is disabled. */
  async function disabled(provider: StagedProvider) {
    return waitFor(
      async () => {
        const [first] = await provider.keyItems();
        return first?.status === 'disabled_auto' ? first : undefined;
      },
      { what: 'the key to be disabled' },
    );
  }
});
