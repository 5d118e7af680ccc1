import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { ObjectOwners } from '../../../../lib/gateway/objects/object-owners';
import { createAccess } from '../../../../lib/gateway/request/access';
import { TokenRules } from '../../../../lib/gateway/tokens/token-rules';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { CLIENT_TOKEN } from '../../../support/gateway';
import { KnownOwners } from '../../../../lib/ownership/known-owners';
import { socketStage, type Client } from './stage';

function memoryOwners(): ObjectOwners {
  const nothing = async () => undefined;
  const owners = new KnownOwners({
    store: { find: async () => [], save: nothing, delete: nothing },
    formerKeys: { accountOf: nothing },
    now: () => Date.now(),
    onError: () => undefined,
  });
  onTestFinished(() => owners.close());
  return owners;
}

describe('what is said on a WebSocket of responses', () => {
  const RESPONSE = '/v1/responses';
  const create = (more: object = {}): string =>
    JSON.stringify({ type: 'response.create', model: 'gpt-5', ...more });

  /** Answers each request with a response whose id tells the key. */
  const speaker =
    (key: string) =>
    (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        const { previous_response_id: before = 'nothing' } = JSON.parse(data.toString()) as Record<
          string,
          string
        >;
        const response = { id: `resp_${key}_0123456789`, object: 'response', store: true };
        socket.send(JSON.stringify({ type: 'response.created', response }));
        socket.send(JSON.stringify({ type: 'response.output_text.delta', delta: `${key} after ${before}` }));
        socket.send(JSON.stringify({ type: 'response.completed', response }));
      });
    };
  const answer = async (client: Client): Promise<unknown> => {
    await client.messages.next();
    const { delta } = await client.messages.nextEvent();
    await client.messages.next();
    return delta;
  };

  it('goes to the key that has made what it names, in the middle of a conversation too', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    const first = stage.connect(RESPONSE);
    await first.opened;
    first.socket.send(create());
    expect(await answer(first)).toBe('sk-a after nothing');
    first.socket.close();
    await stage.record();

    const second = stage.connect(RESPONSE);
    await second.opened;
    second.socket.send(create());
    expect(await answer(second)).toBe('sk-b after nothing');
    second.socket.send(create({ previous_response_id: 'resp_sk-a_0123456789' }));
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
    second.socket.send(create({ previous_response_id: 'resp_sk-a_0123456789' }));
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
    second.socket.close();
    const { trace } = await stage.record(1);
    expect(trace.attempts.map(({ verdict }) => verdict)).toEqual(['success', 'success']);
    expect(stage.provider.keys).toEqual(['sk-a', 'sk-b', 'sk-a']);
  });

  it('waits for the end of what is being answered before it goes to another key', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    for (const key of ['sk-a', 'sk-b']) {
      const client = stage.connect(RESPONSE);
      await client.opened;
      client.socket.send(create());
      expect(await answer(client)).toBe(`${key} after nothing`);
      client.socket.close();
    }
    const client = stage.connect(RESPONSE);
    await client.opened;
    const names = ['resp_sk-a_0123456789', 'resp_sk-b_0123456789', 'resp_sk-a_0123456789'];
    for (const previous_response_id of names) client.socket.send(create({ previous_response_id }));
    for (const name of names) expect(await answer(client)).toBe(`${name.slice(5, 9)} after ${name}`);
  });

  it('is found out however its members stand, and whatever its texts quote', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    const first = stage.connect(RESPONSE);
    await first.opened;
    first.socket.send(create());
    await answer(first);
    const second = stage.connect(RESPONSE);
    await second.opened;
    const input = [{ role: 'user', content: 'response.json() is "response.done", not "type":"response.x"' }];
    const previous_response_id = 'resp_sk-a_0123456789';
    second.socket.send(
      JSON.stringify({ input, model: 'gpt-5', previous_response_id, type: 'response.create' }),
    );
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
  });

  it('is refused too if it is sent as bytes', async () => {
    const stage = await socketStage(['sk-a'], speaker, { settings: { FILTERED_MODELS: ['gpt-secret'] } });
    const client = stage.connect(RESPONSE);
    await client.opened;
    client.socket.send(Buffer.from(create({ model: 'gpt-secret' })));
    expect(await client.messages.nextEvent()).toMatchObject({ error: { code: 'model_not_found' } });
  });

  it('is refused in a message if its model is not served, and the conversation goes on', async () => {
    const stage = await socketStage(['sk-a'], speaker, { settings: { FILTERED_MODELS: ['gpt-secret'] } });
    const client = stage.connect(RESPONSE);
    await client.opened;
    client.socket.send(create({ model: 'gpt-secret' }));
    expect(await client.messages.nextEvent()).toMatchObject({
      type: 'error',
      error: { code: 'model_not_found' },
    });
    client.socket.send(create());
    expect(await answer(client)).toBe('sk-a after nothing');
  });

  it('keeps its order, however long some of it takes to read', async () => {
    const heard: number[] = [];
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      socket.on('message', (data: Buffer) => {
        heard.push((JSON.parse(data.toString()) as { number: number }).number);
        socket.send('{"type":"ok"}');
      });
    });
    const client = stage.connect(RESPONSE);
    await client.opened;
    const large = 'x'.repeat(2_000_000);
    for (let number = 0; number < 6; number += 1)
      client.socket.send(create({ number, input: number % 2 === 0 ? large : '' }));
    for (let i = 0; i < 6; i += 1) await client.messages.next();
    expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is said again to each key until one answers, with all that came before', async () => {
    const heard: string[] = [];
    const closes = (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('second')) socket.close(1011, 'overloaded');
      });
    };
    const stage = await socketStage(['sk-a', 'sk-b'], (key) =>
      key === 'sk-a'
        ? closes
        : (socket) => {
            socket.on('message', (data: Buffer) => {
              heard.push(data.toString());
              if (heard.length === 2) socket.send('{"type":"ok"}');
            });
          },
    );
    const client = stage.connect('/v1/realtime?model=m');
    await client.opened;
    client.socket.send('first');
    client.socket.send('second');
    expect(await client.messages.next()).toBe('{"type":"ok"}');
    expect(heard).toEqual(['first', 'second']);
  });
});

describe('what only announces a response', () => {
  it('is held for ten seconds at most, and no other key is asked then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stage = await socketStage(['sk-a', 'sk-b'], () => (socket: WebSocket) => {
      socket.on('message', () => socket.send('{"type":"response.created"}'));
    });
    const client = stage.connect('/v1/responses');
    await client.opened;
    client.socket.send('{"type":"response.create","model":"m"}');
    const first = client.messages.next();
    let isHeard = false;
    void first.then(() => (isHeard = true));
    const turns = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns();
    vi.advanceTimersByTime(9_999);
    await turns();
    expect(isHeard).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await first).toBe('{"type":"response.created"}');
    vi.advanceTimersByTime(600_000);
    await turns();
    expect(stage.provider.keys).toEqual(['sk-a']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});

describe('a token with a budget of requests', () => {
  const rules = new TokenRules({
    id: 'token',
    isEnabled: true,
    expiresAt: undefined,
    filter: new ModelFilter(),
    providers: undefined,
    addresses: undefined,
    limits: undefined,
    budget: { amount: 2, unit: 'requests', period: 'total' },
    priority: 0,
    periodAt: (kind) => ({ name: kind, endsAt: Infinity }),
  });
  const done = (socket: WebSocket): void => {
    socket.on('message', () => socket.send('{"type":"response.done","response":{}}'));
  };

  it.each(['/v1/realtime?model=m', '/v1/responses'])(
    'pays for each response that it asks for, also at once: %s',
    async (path) => {
      const stage = await socketStage(['sk-a'], () => done);
      const access = createAccess([{ id: 'token', value: CLIENT_TOKEN, hint: 'c', rules }]);
      stage.gateway.configure({ ...stage.gateway.config, access });
      const client = stage.connect(path);
      await client.opened;
      for (let asked = 0; asked < 4; asked += 1) client.socket.send('{"type":"response.create","model":"m"}');
      const heard: unknown[] = [];
      while (heard.length < 4) {
        const said = JSON.parse(await client.messages.next()) as { type: string; error?: { code: string } };
        heard.push(said.error?.code ?? said.type);
      }
      expect(heard.sort()).toEqual([
        'insufficient_quota',
        'insufficient_quota',
        'response.done',
        'response.done',
      ]);
    },
  );
});
