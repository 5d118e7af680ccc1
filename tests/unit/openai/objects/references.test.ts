import { describe, expect, it } from 'vitest';
import { bodyReferences, readReferences } from '../../../../lib/openai/objects/references';

const RESPONSES = '/responses';
const of = (body: unknown, path = RESPONSES) => readReferences(Buffer.from(JSON.stringify(body)), path);

describe('the references of a body', () => {
  it.each<[string, unknown, string[]]>([
    ['a previous response', { previous_response_id: 'resp_1' }, ['resp_1']],
    ['a conversation by its id', { conversation: 'conv_1' }, ['conv_1']],
    ['a conversation as an object', { conversation: { x: [1], id: 'conv_1' } }, ['conv_1']],
    ['a file at any depth', { input: [{ content: [{ file_id: 'file-1' }] }] }, ['file-1']],
    ['files in a list', { file_ids: ['file-1', 'file-2'], n: 1 }, ['file-1', 'file-2']],
    [
      'files to be trained with',
      { training_file: 'file-1', validation_file: 'file-2' },
      ['file-1', 'file-2'],
    ],
    ['stores of a tool', { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, ['vs_1']],
    ['an assistant', { assistant_id: 'asst_1' }, ['asst_1']],
    ['a container', { tools: [{ type: 'code_interpreter', container: 'cntr_1' }] }, ['cntr_1']],
    ['reasoning that is sent back', { input: [{ type: 'reasoning', id: 'rs_1' }] }, ['rs_1']],
    ['an image that is sent back', { input: [{ type: 'image_generation_call', id: 'ig_1' }] }, ['ig_1']],
    ['a stored prompt', { prompt: { id: 'pmpt_1', version: '1', variables: { x: 'y' } } }, ['pmpt_1']],
    ['a skill', { tools: [{ environment: { skills: [{ skill_id: 'skill_1' }] } }] }, ['skill_1']],
    ['an item', { input: [{ type: 'item_reference', id: 'msg_1' }] }, ['msg_1']],
    ['ids of other providers', { previous_response_id: '0b7e-77', input_file_id: 'f/9' }, ['0b7e-77', 'f/9']],
    ['each once', { file_id: 'file-1', file_ids: ['file-1'] }, ['file-1']],
  ])('name %s', (_what, body, ids) => {
    expect(of(body)).toEqual(ids);
    expect(readReferences(Buffer.from(JSON.stringify(body, null, 2)), RESPONSES)).toEqual(ids);
  });

  it.each<[string, unknown]>([
    ['nothing', { model: 'm', input: 'file_id' }],
    ['what is no text', { file_id: 7, conversation: null, file_ids: [1], container: { type: 'auto' } }],
    ['a schema', { tools: [{ parameters: { properties: { file_id: { type: 'string' } } } }] }],
    ['what clients call their own', { metadata: { session_id: 'abc', agent_id: 'abc' } }],
    ['what clients call like ours', { metadata: { conversation_id: 'conv_1', x: { file_id: 'file-1' } } }],
    ['a prompt in words', { prompt: 'pmpt_1', workflow: { id: 'wf_1' }, video: { id: 'video_1' } }],
    ['JSON within a text', { input: '{"file_id": "file-1", "conversation": "conv_1"}' }],
    ['other members', { tool_call_id: 'call_1', my_file_id: 'file-1', id: 'x', call_id: 'call_2' }],
    ['what is no id', { file_id: '', previous_response_id: 'a b', conversation: 'x'.repeat(300) }],
  ])('are not %s', (_what, body) => {
    expect(of(body)).toEqual([]);
  });

  it('are read beside what clients tell in their metadata', () => {
    const metadata = { conversation_id: 'conv_1', file_ids: 'file-9' };
    const body = { metadata, previous_response_id: 'resp_1', input: [{ metadata, file_id: 'file-1' }] };
    expect(of(body)).toEqual(['resp_1', 'file-1']);
    expect(of({ input: '"metadata": {', file_id: 'file-1' })).toEqual(['file-1']);
    expect(of({ metadata: 'x', file_id: 'file-1' })).toEqual(['file-1']);
  });

  it('begin with what a request cannot do without', () => {
    const body = {
      file_id: 'file-1',
      input_file_id: 'file-2',
      conversation: 'conv_1',
      previous_response_id: 'r_1',
    };
    expect(of(body)).toEqual(['r_1', 'conv_1', 'file-2', 'file-1']);
    const call = { type: 'function_call', arguments: { conversation_id: 'conv_2' } };
    expect(of({ input: [call], previous_response_id: 'r_1' })).toEqual(['r_1', 'conv_2']);
  });

  it('of some paths are others', () => {
    expect(of({ video: { id: 'video_1' }, prompt: 'x' }, '/videos/edits')).toEqual(['video_1']);
    expect(of({ input: 'x', voice: { id: 'voice_1' } }, '/audio/speech')).toEqual(['voice_1']);
    expect(of({ input: 'x', voice: 'alloy' }, '/audio/speech')).toEqual([]);
    const agent = { agent_id: 'agent_1', vault_ids: ['vault_1'], environment_template_id: 'tmpl_1' };
    expect(new Set(of(agent, '/agents/sessions'))).toEqual(new Set(['agent_1', 'vault_1', 'tmpl_1']));
    expect(of({ workflow: { id: 'wf_1' }, user: 'x' }, '/chatkit/sessions')).toEqual(['wf_1']);
  });

  it('of a prompt are its files alone', () => {
    const body = { messages: [{ file: { file_id: 'file-1' } }], metadata: { thread_id: 'thread_1' } };
    expect(of(body, '/chat/completions')).toEqual(['file-1']);
  });

  it('are found wherever a slice of a large body ends, a step at a time', () => {
    for (const shift of [0, 1, 5, 10, 15, 30]) {
      const text = `{"input":"${'x'.repeat(2 ** 20 - shift)}","previous_response_id":"resp_1"}`;
      const reading = bodyReferences(Buffer.from(text), RESPONSES);
      let steps = 0;
      let step = reading.next();
      for (; step.done !== true; step = reading.next()) steps += 1;
      expect(step.value).toEqual(['resp_1']);
      expect(steps).toBeGreaterThan(0);
    }
  });

  it('are at most 64, however many there are', () => {
    const file_ids = Array.from({ length: 100_000 }, (_, index) => `file-${index}`);
    expect(of({ file_ids })).toHaveLength(64);
  });

  it('of a megabyte of candidates that are none are given up, and others are found all the same', () => {
    const text = `{"a":[${'{"x_id":1},'.repeat(100_000)}0],"conversation":"conv_1"}`;
    expect(readReferences(Buffer.from(text), RESPONSES)).toEqual(['conv_1']);
  });

  it.each([
    '{"file_id"',
    '{"file_id":',
    '{"file_id":"',
    '{"file_ids":["a',
    '_id"',
    '"conversation":{"id":"x',
  ])('of a broken body are none: %s', (text) => {
    expect(readReferences(Buffer.from(text), RESPONSES)).toEqual([]);
  });
});
