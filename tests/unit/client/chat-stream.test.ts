import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventData, readChunk } from '../../../lib/client/chat-stream';

const stream = ': hello\n\ndata: {"a":1}\n\ndata: one\ndata: two\r\n\r\ndata:[DONE]\n\n';

test('the same events come out however the stream is cut', () => {
  const cuts = fc.array(fc.nat({ max: stream.length }), { maxLength: 12 });
  fc.assert(
    fc.property(cuts, (positions) => {
      const edges = [0, ...positions.sort((a, b) => a - b), stream.length];
      const events = new EventData();
      const seen = edges.slice(1).flatMap((end, index) => events.push(stream.slice(edges[index], end)));
      expect(seen).toEqual(['{"a":1}', 'one\ntwo', '[DONE]']);
    }),
  );
});

test('a chunk is its words, or what went wrong; anything else is nothing', () => {
  expect(readChunk('{"choices":[{"delta":{"content":"Hi"}}]}')).toEqual({ text: 'Hi' });
  expect(readChunk('{"choices":[{"delta":{"reasoning_content":"Hm"}}]}')).toEqual({ text: 'Hm' });
  expect(readChunk('{"choices":[]}')).toEqual({ text: '' });
  expect(readChunk('{"error":{"message":"broken"}}')).toEqual({ text: '', error: 'broken' });
  expect(readChunk('[DONE]')).toEqual({ text: '' });
  expect(readChunk('not json')).toEqual({ text: '' });
});
