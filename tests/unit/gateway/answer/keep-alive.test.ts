import { describe, expect, it } from 'vitest';
import { EventResponse } from '../../../../lib/gateway/answer/event-response';
import type { ClientResponse } from '../../../../lib/gateway/exchange/exchange';
import { KeepAlive } from '../../../../lib/gateway/answer/keep-alive';
import { ManualTimers } from '../manual-timers';

/** Writes down what is done to it. */
class NotedResponse implements ClientResponse {
  readonly notes: string[] = [];
  text = '';
  start(status: number, headers: readonly string[]): void {
    this.notes.push(`start ${status} ${headers.join(' ')}`);
  }
  write(chunk: Buffer): boolean {
    this.text += chunk.toString();
    return true;
  }
  onDrain(): void {
    // Always drained.
  }
  end(chunk?: Buffer): void {
    this.text += chunk?.toString() ?? '';
    this.notes.push('end');
  }
  closeAfter(): void {
    this.notes.push('close after');
  }
  breakOff(lastWords: Buffer | undefined): void {
    this.text += lastWords?.toString() ?? '';
    this.notes.push('break off');
  }
}

describe('keeping alive', () => {
  it('says nothing before its time, then the head of a stream and a comment, then a comment each time', () => {
    const response = new NotedResponse();
    const timers = new ManualTimers();
    const keepAlive = new KeepAlive(response, 'req_1', timers, 5_000);
    expect(timers.waiting).toEqual([5_000]);
    expect([keepAlive.isBegun, response.text, response.notes]).toEqual([false, '', []]);
    timers.fire();
    expect(keepAlive.isBegun).toBe(true);
    expect(response.notes).toEqual([
      'start 200 content-type text/event-stream; charset=utf-8 x-request-id req_1 ' +
        'cache-control no-cache, no-transform x-accel-buffering no',
    ]);
    expect(response.text).toBe(': keep-alive\n\n');
    timers.fire();
    expect(response.notes).toHaveLength(1);
    expect(response.text).toBe(': keep-alive\n\n: keep-alive\n\n');
  });

  it('says nothing any more once it was stopped', () => {
    const response = new NotedResponse();
    const timers = new ManualTimers();
    const keepAlive = new KeepAlive(response, 'req_1', timers, 5_000);
    keepAlive.stop();
    keepAlive.stop();
    expect(timers.waiting).toEqual([]);
    expect(keepAlive.isBegun).toBe(false);
  });
});

describe('JSON as an event', () => {
  const pass = (...chunks: (string | Buffer)[]) => {
    const response = new NotedResponse();
    const event = new EventResponse(response);
    event.start();
    for (const chunk of chunks) event.write(Buffer.from(chunk as string));
    return { response, event };
  };

  it('has a data line for each of its lines, and the end mark behind it', () => {
    const { response, event } = pass('{\r\n "a":', '1\n}');
    event.end();
    expect(response.text).toBe('data: {\ndata:  "a":1\ndata: }\n\ndata: [DONE]\n\n');
    expect(response.notes).toEqual(['end']);
  });

  it('stays whole where a chunk ends within a character', () => {
    const bytes: Buffer[] = [];
    const response = new NotedResponse();
    response.write = (chunk) => bytes.push(chunk) > 0;
    const event = new EventResponse(response);
    const euro = Buffer.from('{"a":"€"}');
    event.write(euro.subarray(0, 7));
    event.write(euro.subarray(7));
    expect(Buffer.concat(bytes).toString()).toBe('data: {"a":"€"}');
  });

  it('that breaks off ends in an error event and without the end mark', () => {
    const { response, event } = pass('{"a":');
    event.breakOff();
    expect(response.text).toMatch(/^data: \{"a":\n\ndata: \{"error":\{.*"code":"stream_cut"\}\}\n\n$/);
    expect(response.notes).toEqual(['break off']);
  });
});
