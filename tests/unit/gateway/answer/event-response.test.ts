import { describe, expect, it } from 'vitest';
import { EventResponse, HeadlessResponse } from '../../../../lib/gateway/answer/event-response';
import { SeenResponse } from '../client-side';

const eventsOf = (text: string): string[] =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) =>
      event
        .split('\n')
        .map((line) => line.replace(/^data: ?/, ''))
        .join('\n'),
    );

describe('a response whose head has gone out', () => {
  it('sends no other, and passes all else on', () => {
    const client = new SeenResponse();
    const response = new HeadlessResponse(client);
    let resumed = 0;
    response.start();
    client.takes = false;
    expect(response.write(Buffer.from('a'))).toBe(false);
    response.onDrain(() => (resumed += 1));
    client.resume?.();
    response.closeAfter();
    response.end(Buffer.from('b'));
    expect(client).toMatchObject({ status: undefined, text: 'ab', ending: 'whole', closesAfter: true });
    expect(resumed).toBe(1);
    response.breakOff(Buffer.from('last'));
    expect(client).toMatchObject({ ending: 'broken', lastWords: 'last' });
  });
});

describe('a body of JSON for a client that expects events', () => {
  const body = JSON.stringify({ text: 'é\u20ac', list: [1, 2] }, null, 2).replaceAll('\n', '\r\n');

  it('is one event and the end mark, wherever it is cut', () => {
    const bytes = Buffer.from(body);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const client = new SeenResponse();
      const chunks: Buffer[] = [];
      client.write = (chunk) => chunks.push(chunk) > 0;
      const response = new EventResponse(client);
      response.write(bytes.subarray(0, cut));
      response.end(bytes.subarray(cut));
      const text = Buffer.concat(chunks).toString();
      // To a reader of events that is the end of a line.
      expect(text).not.toContain('\r');
      const [event, mark, ...more] = eventsOf(text);
      expect(JSON.parse(event!)).toEqual(JSON.parse(body));
      expect([mark, ...more]).toEqual(['[DONE]']);
    }
  });

  it('asks for a pause as its client does', () => {
    const client = new SeenResponse();
    client.takes = false;
    expect(new EventResponse(client).write(Buffer.from('{'))).toBe(false);
  });

  it('that is empty leaves the end mark alone', () => {
    const client = new SeenResponse();
    new EventResponse(client).end();
    expect(client.text).toBe('data: [DONE]\n\n');
  });

  it.each([
    ['at once', []],
    ['in its middle', ['{"a":']],
  ])('that breaks off %s ends with an error event of its own, and unclean', (_when, chunks) => {
    const client = new SeenResponse();
    const response = new EventResponse(client);
    for (const chunk of chunks) response.write(Buffer.from(chunk));
    response.breakOff();
    expect(client.ending).toBe('broken');
    const events = eventsOf(client.text + client.lastWords!);
    expect(events).toHaveLength(chunks.length + 1);
    expect(JSON.parse(events.at(-1)!)).toMatchObject({ error: { code: 'stream_cut' } });
  });
});
