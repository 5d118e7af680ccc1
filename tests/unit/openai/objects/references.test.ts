import { describe, expect, it } from 'vitest';
import { bodyReferences, readReferences } from '../../../../lib/openai/objects/references';
import { Found, takeObject } from '../../../../lib/openai/objects/reference-takes';

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
    ['an item by its id alone', { input: [{ id: 'msg_1' }, { role: 'user', content: 'x' }] }, ['msg_1']],
    ['an item without a type', { input: [{ role: 'user' }, { id: 'msg_1', type: null }] }, ['msg_1']],
    ['an item, its type first', { input: [{ type: null, id: 'msg_1' }] }, ['msg_1']],
    [
      'what was compacted',
      { input: [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'x' }] },
      ['cmp_1'],
    ],
    ['a call to approve', { input: [{ approval_request_id: 'mcpr_1', approve: true }] }, ['mcpr_1']],
    ['inputs of a batch', { input_files: ['f-1', 'f-2'] }, ['f-1', 'f-2']],
    ['files and their weights', { training_files: [{ file_id: 'f-1', weight: 1 }] }, ['f-1']],
    ['files to be validated with', { training_files: ['f-1'], validation_files: ['f-2'] }, ['f-1', 'f-2']],
    ['results', { result_files: ['f-1'], output_file: 'f-2', error_file: 'f-3' }, ['f-2', 'f-3', 'f-1']],
    ['libraries', { tools: [{ type: 'document_library', library_ids: ['lib-1'] }] }, ['lib-1']],
    ['a source by its type', { data_source: { source: { type: 'file_id', id: 'file-1' } } }, ['file-1']],
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
    ['an item that is told as a whole', { input: [{ id: 'msg_1', type: 'message', content: [] }] }],
    ['what is called like an item', { input: 'rs_1', x: ['cmp_1', 'ig_1'], name: 'rs_1' }],
    ['an item within a text', { input: '[{"id":"msg_1"}], {"id": "rs_1"}' }],
    ['an item of metadata', { metadata: { x: [{ id: 'msg_1' }], id: 'rs_1' } }],
    ['an object with an id', { tools: [{ parameters: { default: { id: 'msg_1' } } }] }],
    ["a provider's own skill", { tools: [{ skills: [{ type: 'anthropic', skill_id: 'xlsx' }] }] }],
    ['other members', { tool_call_id: 'call_1', my_file_id: 'file-1', id: 'x', call_id: 'call_2' }],
    ['what is no id', { file_id: '', previous_response_id: 'a b', conversation: 'x'.repeat(300) }],
  ])('are not %s', (_what, body) => {
    expect(of(body)).toEqual([]);
  });

  const TOOL = { file_id: 'file-9', default: { file_ids: ['file-8'] }, items: [{ id: 'rs_9' }] };
  it.each<[string, string, unknown]>([
    ['the schema of a tool', RESPONSES, { tools: [{ type: 'function', parameters: TOOL }] }],
    ['the schema of a function', '/chat/completions', { tools: [{ function: { parameters: TOOL } }] }],
    ['the schema of a custom tool', '/messages', { tools: [{ input_schema: TOOL }] }],
    ['the schema of an answer', RESPONSES, { text: { format: { type: 'json_schema', schema: TOOL } } }],
    [
      'a function to call',
      '/chat/completions',
      { messages: [{ tool_calls: [{ function: { arguments: TOOL } }] }] },
    ],
    ['arguments in a list', RESPONSES, { input: [{ type: 'function_call', arguments: [TOOL] }] }],
    ['what a tool has said', RESPONSES, { input: [{ type: 'function_call_output', output: TOOL }] }],
    ['the use of a tool', '/messages', { messages: [{ content: [{ type: 'tool_use', input: TOOL }] }] }],
    ['the use of a tool in a batch', '/messages/batches', { requests: [{ params: { x: { input: TOOL } } }] }],
    [
      'text of arguments',
      RESPONSES,
      { input: [{ arguments: JSON.stringify(TOOL), output: JSON.stringify(TOOL) }] },
    ],
  ])('are not what stands in words for a model: %s', (_what, path, body) => {
    expect(of(body, path)).toEqual([]);
    expect(of({ a: body, file_id: 'file-1', b: body }, path)).toEqual(['file-1']);
    expect(of({ a: 'x'.repeat(2 ** 20 - 200), b: body, c: body, file_id: 'file-9' }, path)).toEqual([
      'file-9',
    ]);
    expect(of({ a: 'x'.repeat(2 ** 20 - 200), b: body, c: body }, path)).toEqual([]);
  });

  it('are not in words that go on over megabytes, and those behind them are found', () => {
    const parameters = {
      a: [{ file_id: 'file-9' }],
      long: 'x'.repeat(3 * 2 ** 20),
      z: { file_id: 'file-8' },
    };
    expect(of({ tools: [{ parameters }], input: [{ file_id: 'file-1' }] })).toEqual(['file-1']);
    const many = Array.from({ length: 5_000 }, (_, index) => ({ parameters: { file_id: `file-${index}` } }));
    expect(of({ tools: many.slice(0, 900), input: [{ file_id: 'last' }] })).toEqual(['last']);
    expect(of({ tools: many.slice(0, 900) })).toEqual([]);
  });

  it('are told from words of megabytes in steps, however these are made', () => {
    const steps = (words: string) => {
      const reading = bodyReferences(
        Buffer.from(`{"file_id":"file-1","parameters":{"x":${words}`),
        RESPONSES,
      );
      let count = 0;
      let step = reading.next();
      for (; step.done !== true; step = reading.next()) count += 1;
      expect(step.value).toEqual(['file-1']);
      return count;
    };
    const length = 2 ** 20;
    const few = steps(`"${'x'.repeat(length)}"}}`);
    expect(steps(`"${String.raw`\"`.repeat(length / 2)}"}}`)).toBeGreaterThan(few + 10);
    expect(steps(`${'['.repeat(length)}`)).toBeGreaterThan(few + 10);
    expect(steps(`"y"}},${'"metadata":{},'.repeat(9_000)}"z":0}`)).toBeGreaterThan(30);
  });

  it('are files that a tool has given back, and variables of a prompt', () => {
    const output = [{ type: 'input_file', file_id: 'file-1' }];
    expect(of({ input: [{ type: 'function_call_output', call_id: 'call_1', output }] })).toEqual(['file-1']);
    const variables = { x: { type: 'input_file', file_id: 'file-2' } };
    expect(of({ prompt: { id: 'pmpt_1', variables } })).toEqual(['pmpt_1', 'file-2']);
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
    const call = { type: 'other_call', call: { conversation_id: 'conv_2' } };
    expect(of({ input: [call], previous_response_id: 'r_1' })).toEqual(['r_1', 'conv_2']);
  });

  it('of some paths are others', () => {
    expect(of({ video: { id: 'video_1' }, prompt: 'x' }, '/videos/edits')).toEqual(['video_1']);
    expect(of({ input: 'x', voice: { id: 'voice_1' } }, '/audio/speech')).toEqual(['voice_1']);
    expect(of({ input: 'x', voice: 'alloy' }, '/audio/speech')).toEqual([]);
    const agent = { agent_id: 'agent_1', vault_ids: ['vault_1'], environment_template_id: 'tmpl_1' };
    expect(new Set(of(agent, '/agents/sessions'))).toEqual(new Set(['agent_1', 'vault_1', 'tmpl_1']));
    expect(of({ agent_id: 'ag_1', inputs: 'x' }, '/conversations')).toEqual(['ag_1']);
    const session = { agent: { type: 'agent', id: 'ag_1' }, resources: [{ memory_store_id: 'mem_1' }] };
    expect(of(session, '/sessions')).toEqual(['ag_1', 'mem_1']);
    expect(of({ characters: [{ id: 'char_1' }, { id: 'char_2' }] }, '/videos')).toEqual(['char_1', 'char_2']);
    expect(of({ workflow: { id: 'wf_1' }, user: 'x' }, '/chatkit/sessions')).toEqual(['wf_1']);
  });

  it('of a name with escapes are found as well', () => {
    const read = (text: string, path = RESPONSES) => readReferences(Buffer.from(text), path);
    expect(read('{"previous\\u005fresponse_id":"resp_1"}')).toEqual(['resp_1']);
    expect(read('{"input":"\\u00e9\\u00c9","\\u0066ile_i\\u0064" : "file-1"}')).toEqual(['file-1']);
    expect(read('{"file_ids":["file\\u002d1","file-2"]}')).toEqual(['file-1', 'file-2']);
    expect(read('{"messages":[{"file\\u005fid":"file-1"}]}', '/chat/completions')).toEqual(['file-1']);
    expect(read('{"input":"\\"file\\u005fid\\":\\"file-1\\""}')).toEqual([]);
    expect(read('{"metadata":{"file\\u005fid":"file-1"}}')).toEqual([]);
    expect(read('{"messages":[{"thread\\u005fid":"thread_1"}]}', '/chat/completions')).toEqual([]);
  });

  it('of a chat are files, their stores, and sound and voices where there are any', () => {
    const tools = [{ type: 'file_search', vector_store_ids: ['vs_1'] }];
    expect(of({ messages: [], tools, file_id: 'file-1' }, '/chat/completions')).toEqual(['file-1', 'vs_1']);
    const messages = [{ role: 'assistant', audio: { id: 'audio_1' } }];
    const body = { messages, audio: { format: 'wav', voice: { id: 'voice_1' } }, x: 'audio' };
    expect(of(body, 'chat_with_audio')).toEqual(['audio_1', 'voice_1']);
    expect(of({ audio: { voice: 'alloy' }, messages: 'audio' }, 'chat_with_audio')).toEqual([]);
  });

  it('of a message are its files, and its container with its skills', () => {
    const skills = [
      { type: 'anthropic', skill_id: 'pptx' },
      { type: 'custom', skill_id: 'skill_1' },
    ];
    const source = { type: 'file', file_id: 'file_1' };
    const read = (container: unknown) =>
      new Set(of({ container, messages: [{ content: [{ source }] }] }, 'contained_message'));
    expect(read('container_1')).toEqual(new Set(['file_1', 'container_1']));
    expect(read({ id: 'container_1', skills })).toEqual(new Set(['file_1', 'container_1', 'skill_1']));
    expect(read({ skills })).toEqual(new Set(['file_1', 'skill_1']));
    expect(of({ requests: [{ params: { container: 'container_1' } }] }, '/messages/batches')).toEqual([
      'container_1',
    ]);
    expect(of({ messages: [{ content: '{"container":"container_1"}' }] }, '/messages')).toEqual([]);
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

  it('of a name with escapes are found wherever it stands in a text with others', () => {
    for (let length = 980; length < 1_050; length += 1) {
      const text = `{"a":"\\u00e9${'x'.repeat(length)}","file\\u005fid":"file-1"}`;
      expect(readReferences(Buffer.from(text), RESPONSES)).toEqual(['file-1']);
    }
  });

  it('of objects in objects are given up when walking over them has taken long', () => {
    const bytes = Buffer.from('"item":{'.repeat(9_000));
    const found = new Found(new Map());
    for (let at = 0; at < 100; at += 1) {
      if (!found.hasSeenEnough) takeObject(bytes, at * '"item":{'.length, found);
    }
    expect(found.places).toBeGreaterThan(5_000);
    expect(found.places).toBeLessThan(5_100);
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
