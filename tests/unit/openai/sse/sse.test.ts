import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventData, eventName, SseSplitter, type SseLimits } from '../../../../lib/openai/sse/sse';
import { takesAtMost } from '../../../support/cost';

function splitter(limits?: SseLimits) {
  const events: string[] = [];
  const sse = new SseSplitter((raw) => events.push(raw.toString()), limits);
  return { sse, events, push: (text: string) => sse.push(Buffer.from(text)).toString() };
}

describe('SseSplitter', () => {
  it('lets whole events through and holds an unfinished one', () => {
    const { sse, events, push } = splitter();
    expect(push('data: 1\n\ndata: 2\n\nda')).toBe('data: 1\n\ndata: 2\n\n');
    expect(sse.heldBytes).toBe(2);
    expect(push('ta: 3\n')).toBe('');
    expect(push('\nid: 9')).toBe('data: 3\n\n');
    expect(events).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']);
    expect(sse.isMidEvent).toBe(false);
    expect(sse.rest().toString()).toBe('id: 9');
    expect(sse.heldBytes).toBe(0);
  });

  it('copies nothing when a chunk ends on an event boundary', () => {
    const chunk = Buffer.from('data: 1\n\ndata: 2\n\n');
    expect(splitter().sse.push(chunk)).toBe(chunk);
  });

  it('passes blank lines between events at once, and observes none of them', () => {
    const { events, push } = splitter();
    expect(push('\n\r\n\r')).toBe('\n\r\n\r');
    expect(push('data: 1\n\n\n\n\r\n: ping\n\n')).toBe('data: 1\n\n\n\n\r\n: ping\n\n');
    expect(events).toEqual(['data: 1\n\n', ': ping\n\n']);
  });

  it.each(['\n', '\r', '\r\n'])('takes %j for a line end', (eol) => {
    const { events, push } = splitter();
    const stream = `event: a${eol}data: 1${eol}${eol}data: 2${eol}${eol}`;
    expect(push(stream)).toBe(stream);
    expect(events).toEqual([`event: a${eol}data: 1${eol}${eol}`, `data: 2${eol}${eol}`]);
  });

  it('never waits for a line feed behind two bare carriage returns', () => {
    const { events, push } = splitter();
    expect(push('data: 1\r\r')).toBe('data: 1\r\r');
    expect(push('\n')).toBe('\n');
    expect(push('data: 2\r\r')).toBe('data: 2\r\r');
    expect(events).toEqual(['data: 1\r\r', 'data: 2\r\r']);
  });

  it('keeps a CRLF cut between chunks together', () => {
    const { events, push } = splitter();
    expect([push('data: 1\r'), push('\n\r'), push('\ndata: 2\r\n'), push('\r\n')]).toEqual([
      '',
      '',
      'data: 1\r\n\r\n',
      'data: 2\r\n\r\n',
    ]);
    expect(events).toEqual(['data: 1\r\n\r\n', 'data: 2\r\n\r\n']);
  });

  it('ends an event whose blank line turns out to be a bare carriage return', () => {
    const { events, push } = splitter();
    expect(push('data: 1\n\r')).toBe('');
    expect(push('data: 2\n\n')).toBe('data: 1\n\rdata: 2\n\n');
    expect(events).toEqual(['data: 1\n\r', 'data: 2\n\n']);
  });

  it('releases an event longer than maxHeldBytes as it comes, and still observes it whole', () => {
    const { sse, events, push } = splitter({ maxHeldBytes: 10 });
    expect(push('data: 123')).toBe('');
    expect(push('45')).toBe('data: 12345');
    expect(sse.isMidEvent).toBe(true);
    expect(sse.heldBytes).toBe(0);
    expect(push('67\n')).toBe('67\n');
    expect(push('\ndata')).toBe('\n');
    expect(sse.isMidEvent).toBe(false);
    expect(events).toEqual(['data: 1234567\n\n']);
    expect(splitter({ maxHeldBytes: 10 }).push('a\n\ndata: 123456')).toBe('a\n\ndata: 123456');
  });

  it('holds an event of exactly maxHeldBytes, and observes one of exactly maxEventBytes', () => {
    const { sse, events, push } = splitter({ maxHeldBytes: 10, maxEventBytes: 10 });
    expect(push('data: 1234')).toBe('');
    expect(sse.heldBytes).toBe(10);
    expect(push('5')).toBe('data: 12345');
    expect(push('\n\ndata: 67\n\n')).toBe('\n\ndata: 67\n\n');
    expect(events).toEqual(['data: 67\n\n']);
  });

  it('passes events longer than maxEventBytes unobserved, however they are cut', () => {
    for (const maxHeldBytes of [0, 5, 12, 100]) {
      for (const size of [1, 3, 7, 50]) {
        const stream = 'data: a\n\ndata: 123456\n\ndata: b\n\n';
        const { events, push } = splitter({ maxHeldBytes, maxEventBytes: 10 });
        const out = cut(stream, size).map(push).join('');
        expect(out).toBe(stream);
        expect(events).toEqual(['data: a\n\n', 'data: b\n\n']);
      }
    }
  });

  it('observes an unfinished last event only when it has a data line that looks whole', () => {
    const last = (text: string) => {
      const { sse, events, push } = splitter();
      expect(push(text) + sse.rest().toString()).toBe(text);
      return events;
    };
    expect(last('data: [DONE]')).toEqual(['data: [DONE]']);
    expect(last('data: {"a":1}')).toEqual(['data: {"a":1}']);
    expect(last('data: x\n')).toEqual(['data: x\n']);
    expect(last('data: x\r\n\r')).toEqual(['data: x\r\n\r']);
    expect(last('data: {"a":"unfin')).toEqual([]);
    expect(last('event: ping\n')).toEqual([]);
    expect(last(': comment}')).toEqual([]);
    expect(last(': whole\r\n\r')).toEqual([': whole\r\n\r']);
    expect(last('data: 1\n\n')).toEqual(['data: 1\n\n']);
  });

  it('is mid-event after rest released a part, and not after whole events', () => {
    const ends = (text: string) => {
      const { sse, push } = splitter();
      push(text);
      sse.rest();
      return sse.isMidEvent;
    };
    expect(ends('data: 1\n\n')).toBe(false);
    expect(ends('')).toBe(false);
    expect(ends('data: 1\r\n\r')).toBe(false);
    expect(ends('data: 1\n')).toBe(true);
    expect(ends('dat')).toBe(true);
  });

  it('gives every byte back once, and observes the same events, for any chunking and any limit', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\r\n\r\n',
      '\r\r',
      'data: {"a":1}',
      'data:é😀',
      ': ping',
      'event: x',
      'x',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30, size: 'max' }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20, size: 'max' }),
        fc.constantFrom(0, 3, 17, 65_536),
        fc.constantFrom(4, 25, 1_000_000),
        (pieces, sizes, maxHeldBytes, maxEventBytes) => {
          const input = Buffer.from(pieces.join(''));
          const whole = run([input], { maxEventBytes });
          const parts = run(chunked(input, sizes), { maxHeldBytes, maxEventBytes });
          expect(parts.output.equals(input)).toBe(true);
          expect(whole.output.equals(input)).toBe(true);
          expect(parts.events).toEqual(whole.events);
          expect(whole.events.filter((event) => /^[\r\n]*$/.test(event))).toEqual([]);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('observes the events that a line-by-line reading of the standard finds', () => {
    const piece = fc.constantFrom('\n', '\r', '\r\n', '\n\n', 'data: 1', 'data:2', ':c', 'event: x');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30, size: 'max' }), (pieces) => {
        const stream = `${pieces.join('')}\n\n`;
        const observed = run([Buffer.from(stream)], {}).raw.map((raw) => eventData(raw));
        expect(observed.filter((data) => data !== undefined)).toEqual(dataByTheStandard(stream));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time linear in an event however small its chunks are', () => {
    const byte = Buffer.from('x');
    const split = (bytes: number) => {
      const { sse, events } = splitter();
      for (let i = 0; i < bytes; i++) sse.push(byte);
      sse.push(Buffer.from('\n\n'));
      expect(events.map((event) => event.length)).toEqual([bytes + 2]);
    };
    // Five times as long; 25 times if each chunk were joined to those before it.
    const isCheap = takesAtMost(
      16,
      () => split(500_000),
      () => split(100_000),
    );
    expect(isCheap).toBe(true);
  });
});

describe('eventData', () => {
  const data = (raw: string) => eventData(Buffer.from(raw));

  it('is the value without one leading space', () => {
    expect(data('data: {"a":1}\n\n')).toBe('{"a":1}');
    expect(data('data:x\r\n\r\n')).toBe('x');
    expect(data('data:  x\n\n')).toBe(' x');
    expect(data('\ufeffdata: é😀\n\n')).toBe('é😀');
    expect(data('data: no line end')).toBe('no line end');
  });

  it('joins several lines with \\n', () => {
    expect(data('id: 1\ndata: a\r\ndata:\rdata\n: c\ndata: b\n\n')).toBe('a\n\n\nb');
  });

  it('is undefined without a data line', () => {
    expect(data(': data: x\n\n')).toBeUndefined();
    expect(data('event: data\nDATA: x\ndatax: 1\n data: 2\n\n')).toBeUndefined();
    expect(data('')).toBeUndefined();
  });
});

describe('eventName', () => {
  const name = (raw: string) => eventName(Buffer.from(raw));

  it('is the last event field, undefined without one or when it is empty', () => {
    expect(name('event: error\ndata: x\n\n')).toBe('error');
    expect(name('data: x\r\nevent:a\r\nevent: b\r\n\r\n')).toBe('b');
    expect(name('event:\n\n')).toBeUndefined();
    expect(name('data: event: x\n\n')).toBeUndefined();
  });
});

function run(chunks: readonly Buffer[], limits: SseLimits) {
  const raw: Buffer[] = [];
  const sse = new SseSplitter((event) => raw.push(event), limits);
  const output = chunks.map((chunk) => sse.push(chunk));
  output.push(sse.rest());
  return { raw, events: raw.map((event) => event.toString()), output: Buffer.concat(output) };
}

/** Cuts by the sizes in turn, in the middle of characters too. */
function chunked(input: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < input.length; turn++) {
    const size = turn < 1_000 ? sizes[turn % sizes.length]! : input.length;
    chunks.push(Buffer.from(input.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  );
}

function dataByTheStandard(stream: string): string[] {
  const events: string[] = [];
  let lines: string[] = [];
  for (const line of stream.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (lines.length > 0) events.push(lines.join('\n'));
      lines = [];
    } else if (line === 'data' || line.startsWith('data:')) {
      lines.push(line.slice(5).replace(/^ /, ''));
    }
  }
  return events;
}
