import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import { liveEvents, type LiveEvent, type LiveEventName } from '../../lib/admin/contract/live';

interface Received {
  readonly name: LiveEventName;
  readonly id: string;
  readonly data: unknown;
}

/** Reads the events of a live stream one after the other, each checked by its schema. */
export class Follower {
  readonly #events: AsyncGenerator<Received>;
  readonly #close: () => void;

  private constructor(stream: AsyncIterable<Buffer>, close: () => void) {
    this.#events = eventsOf(stream);
    this.#close = close;
  }

  static async start(url: string, adminToken: string): Promise<Follower> {
    const headers = { authorization: `Bearer ${adminToken}` };
    const asked = request(`${url}/api/admin/live`, { headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/event-stream');
    return new Follower(response, () => asked.destroy());
  }

  /** The next event of that name whose data passes. */
  async next<Name extends LiveEventName>(
    name: Name,
    passes: (data: LiveEvent<Name>) => boolean = () => true,
  ): Promise<LiveEvent<Name>> {
    for (;;) {
      const event = await this.#read(name);
      if (event.name === name && passes(event.data as LiveEvent<Name>)) return event.data as LiveEvent<Name>;
    }
  }

  /** Resolves when one of each of these has come whose data passes, in whatever order. */
  async each(passes: {
    readonly [Name in LiveEventName]?: (data: LiveEvent<Name>) => boolean;
  }): Promise<void> {
    const missing = new Set(Object.keys(passes));
    while (missing.size > 0) {
      const { name, data } = await this.#read([...missing].join(', '));
      const isPassing = passes[name] as ((data: unknown) => boolean) | undefined;
      if (isPassing?.(data) === true) missing.delete(name);
    }
  }

  async #read(awaited: string): Promise<Received> {
    const next = await this.#events.next();
    if (next.done === true) throw new Error(`the stream ended before ${awaited}`);
    const { value } = next;
    return { ...value, data: liveEvents[value.name].parse(value.data) };
  }

  /** Resolves when the server has hung up. */
  async ended(): Promise<void> {
    for (;;) if ((await this.#events.next()).done === true) return;
  }

  close(): void {
    this.#close();
  }
}

async function* eventsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Received> {
  let text = '';
  try {
    for await (const chunk of stream) {
      text += chunk.toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
        );
        if (!fields.has('event')) continue;
        yield {
          name: fields.get('event') as LiveEventName,
          id: fields.get('id') ?? '',
          data: JSON.parse(fields.get('data') ?? '') as unknown,
        };
      }
    }
  } catch {
    // We hung up ourselves.
  }
}
