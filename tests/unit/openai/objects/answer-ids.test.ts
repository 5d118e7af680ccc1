import { describe, expect, it } from 'vitest';
import { AnswerIds } from '../../../../lib/openai/objects/answer-ids';
import type { AnswerReading } from '../../../../lib/openai/objects/references';

const JSON_TYPE = 'application/json; charset=utf-8';
const EVENTS = 'text/event-stream';

/** The ids that are told, in order; the answer comes in pieces of so many bytes. */
function told(type: string, text: string, pieceBytes = Infinity): string[] {
  const ids: string[] = [];
  const answer = new AnswerIds(type, (more) => ids.push(...more));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) answer.push(bytes.subarray(at, at + pieceBytes));
  answer.end();
  return ids;
}
const event = (data: unknown) => `event: x\ndata: ${JSON.stringify(data)}\n\n`;

describe('an answer in JSON', () => {
  it('tells its id, wherever it stands on top', () => {
    for (const object of [
      { id: 'file-1', object: 'file' },
      { object: 'file', a: { id: 'no' }, id: 'file-1' },
    ]) {
      expect(told(JSON_TYPE, JSON.stringify(object))).toEqual(['file-1']);
      expect(told(JSON_TYPE, JSON.stringify(object, null, 2), 3)).toEqual(['file-1']);
    }
  });

  it.each<[unknown, string[]]>([
    [
      { id: 'batch_1', input_file_id: 'file-1', output_file_id: 'file-2', error_file_id: null },
      ['file-1', 'file-2'],
    ],
    [{ id: 'run_1', thread_id: 'thread_1', assistant_id: 'asst_1' }, ['thread_1', 'asst_1']],
    [{ id: 'upload_1', file: { id: 'file-1', object: 'file' } }, ['file-1']],
    [{ id: 'resp_1', conversation: { id: 'conv_1' } }, ['conv_1']],
    [
      { id: 'resp_1', output: [{ type: 'reasoning', id: 'rs_1' }, { container_id: 'cntr_1' }] },
      ['cntr_1', 'rs_1'],
    ],
  ])('tells what belongs to it: %j', (object, ids) => {
    expect(new Set(told(JSON_TYPE, JSON.stringify(object)).slice(1))).toEqual(new Set(ids));
  });

  it('tells all objects of a list', () => {
    const data = Array.from({ length: 500 }, (_, index) => ({ id: `file-${index}`, nested: { id: 'no' } }));
    const ids = told(JSON_TYPE, JSON.stringify({ object: 'list', data, first_id: 'x' }), 1000);
    expect(new Set(ids)).toEqual(new Set(data.map(({ id }) => id)));
  });

  it('tells the id at the beginning of one that is long, or that is cut off', () => {
    expect(told(JSON_TYPE, `{"id":"resp_1","x":"${'y'.repeat(2 ** 20)}`, 50_000)).toEqual(['resp_1']);
  });

  it.each(['', '[]', '{"id":7}', '{"id":"', 'null', '{"id":"a b"}'])(
    'that has none tells none: %s',
    (text) => {
      expect(told(JSON_TYPE, text)).toEqual([]);
    },
  );
});

describe('an answer in events', () => {
  it('tells the id of what was created with its first event', () => {
    const ids: string[] = [];
    const answer = new AnswerIds(EVENTS, (more) => ids.push(...more));
    answer.push(Buffer.from(event({ type: 'response.created', response: { id: 'resp_1', output: [] } })));
    expect(ids).toEqual(['resp_1']);
  });

  it('tells a thread, its run and a chat', () => {
    expect(told(EVENTS, event({ id: 'thread_1' }) + event({ id: 'run_1', thread_id: 'thread_1' }))).toEqual([
      'thread_1',
      'run_1',
      'thread_1',
    ]);
    expect(told(EVENTS, event({ id: 'chatcmpl-1', choices: [] }))).toEqual(['chatcmpl-1']);
  });

  it('tells items and containers that come late, and not what is only a part', () => {
    const deltas = event({ type: 'delta', item_id: 'msg_1' }).repeat(50);
    const late = event({ item: { id: 'rs_1' } }) + event({ item: { id: 'ci_1', container_id: 'cntr_1' } });
    expect(new Set(told(EVENTS, deltas + late, deltas.length))).toEqual(new Set(['rs_1', 'ci_1', 'cntr_1']));
  });
});

describe('what an answer mentions', () => {
  const readAll = (pieces: readonly string[]) => {
    const told = { made: [] as string[], mentioned: [] as string[] };
    const answer = new AnswerIds(EVENTS, (ids, telling) => told[telling].push(...ids));
    for (const piece of pieces) answer.push(Buffer.from(piece));
    answer.end();
    return told;
  };

  it('is told apart from what it is, and each once', () => {
    const item = event({ type: 'response.output_item.done', item: { id: 'rs_1' } });
    const created = event({
      type: 'response.created',
      response: { id: 'resp_1', conversation: { id: 'conv_1' } },
    });
    expect(readAll([created, ...Array.from({ length: 20 }, () => item)])).toEqual({
      made: ['resp_1'],
      mentioned: ['conv_1', 'rs_1'],
    });
  });

  it('is told of a thousand ids at most, however long it goes on', () => {
    const items = Array.from({ length: 3_000 }, (_, index) => event({ item: { id: `rs_${index}` } }));
    expect(readAll(items).mentioned).toEqual(Array.from({ length: 1_000 }, (_, index) => `rs_${index}`));
  });
});

describe('an answer that the provider keeps', () => {
  const output = [
    { id: 'rs_1', type: 'reasoning', summary: [] },
    { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: '{"item":{"id":"no"}}' }] },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1' },
  ];

  it('tells each of its items, so that a later request can name it', () => {
    const ids = told(JSON_TYPE, JSON.stringify({ id: 'resp_1', object: 'response', output }));
    expect(new Set(ids)).toEqual(new Set(['resp_1', 'rs_1', 'msg_1', 'fc_1']));
    const deltas = event({ type: 'response.output_text.delta', item_id: 'msg_1' }).repeat(50);
    const items = output.map((item) => event({ type: 'response.output_item.done', item })).join('');
    expect(new Set(told(EVENTS, deltas + items, deltas.length))).toEqual(new Set(['rs_1', 'msg_1', 'fc_1']));
  });

  it('is the only one whose messages are told', () => {
    const ids: string[] = [];
    const answer = new AnswerIds(JSON_TYPE, (more) => ids.push(...more), 'answer');
    answer.push(Buffer.from(JSON.stringify({ id: 'resp_1', output })));
    answer.end();
    expect(ids).toEqual(['rs_1']);
  });
});

describe('an answer that makes more than itself', () => {
  const read = (type: string, text: string, reading: AnswerReading) => {
    const ids: string[] = [];
    const answer = new AnswerIds(type, (more) => ids.push(...more), reading);
    answer.push(Buffer.from(text));
    answer.end();
    return ids;
  };
  const audio = { data: 'AAAA'.repeat(1000), id: 'audio_1' };

  it('tells the sound of a chat, also where the chat itself is not kept', () => {
    const whole = JSON.stringify({ id: 'chatcmpl-1', choices: [{ message: { content: null, audio } }] });
    const chunk = event({ id: 'chatcmpl-1', choices: [{ delta: { audio: { id: 'audio_1' } } }] });
    expect(read(JSON_TYPE, whole, 'chat_answer')).toEqual(['audio_1']);
    expect(read(EVENTS, chunk, 'chat_answer')).toEqual(['audio_1']);
    expect(told(JSON_TYPE, whole)).toEqual(['chatcmpl-1', 'audio_1']);
  });

  it('tells the container of a message, and the files that were made in it', () => {
    const content = [{ type: 'text', text: '"container":"no"' }, { content: [{ file_id: 'file_1' }] }];
    const message = { id: 'msg_1', content, container: { id: 'container_1', expires_at: 'x' } };
    const delta = event({ type: 'message_delta', delta: { container: { id: 'container_1' } } });
    expect(read(JSON_TYPE, JSON.stringify(message), 'message_answer')).toEqual(['container_1', 'file_1']);
    expect(read(EVENTS, delta, 'message_answer')).toEqual(['container_1']);
    expect(read(JSON_TYPE, JSON.stringify({ id: 'msg_1', container: null }), 'message_answer')).toEqual([]);
  });

  it('tells what was compacted, whether it is kept or not', () => {
    const compacted = JSON.stringify({ id: 'resp_1', output: [{ type: 'compaction', id: 'cmp_1' }] });
    expect(read(JSON_TYPE, compacted, 'answer')).toEqual(['cmp_1']);
    expect(told(JSON_TYPE, compacted)).toContain('cmp_1');
  });

  it.each<[unknown, string[]]>([
    [{ id: 'job-1', input_files: ['f-1'], output_file: 'f-2', error_file: 'f-3' }, ['f-1', 'f-2', 'f-3']],
    [{ id: 'ftjob-1', result_files: ['f-1'], training_files: [{ file_id: 'f-2' }] }, ['f-1', 'f-2']],
    [{ data: [{ id: 'ftckpt_1', fine_tuned_model_checkpoint: 'ft:m:1' }] }, ['ft:m:1']],
    [{ id: 'task_1', generations: [{ id: 'gen_1' }] }, ['gen_1']],
  ])('tells the files and parts of a job: %j', (object, ids) => {
    expect(told(JSON_TYPE, JSON.stringify(object))).toEqual(expect.arrayContaining(ids));
  });
});

describe('an answer in parts', () => {
  it('tells what the parts in JSON tell, and nothing of others', () => {
    const part = (type: string, text: string) => `--x\r\ncontent-type: ${type}\r\n\r\n${text}\r\n`;
    const file = part('application/octet-stream', 'x {"id":"file-2"}');
    const text = part('application/json', '{"id":"file-1"}') + file + part('text/json', '{"id":"batch_1"}');
    for (const pieceBytes of [7, 10_000]) {
      expect(told('multipart/mixed; boundary=x', `${text}--x--`, pieceBytes)).toEqual(['file-1', 'batch_1']);
    }
  });
});

it('an answer of another kind tells none', () => {
  expect(told('application/octet-stream', '{"id":"file-1"}')).toEqual([]);
});
