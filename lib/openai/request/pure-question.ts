import { isFields, parsedBriefly, type Fields } from '../json/json-fields';
import { JsonScanner } from '../json/json-scanner';

/** Read in one step, of 5 to 10 ms. */
const BYTES_MAX = 512 * 1024;

/** Members that choose a model, say what is asked, or shape the answer: no provider does more because of them. */
const SHAPING: ReadonlySet<string> = new Set(
  `provider, route, transforms, messages, system, instructions, query, documents, texts, suffix,
  task, stream, stream_options, n, best_of, echo, user, safety_identifier, metadata, service_tier, usage,
  include, truncation, truncate, temperature, top_p, top_k, top_a, min_p, typical_p, seed, random_seed, stop,
  stop_sequences, stop_token_ids, logit_bias, logprobs, top_logprobs, prompt_logprobs, presence_penalty,
  frequency_penalty, repetition_penalty, length_penalty, max_tokens, max_completion_tokens, max_output_tokens,
  min_tokens, max_tool_calls, response_format, text, output_config, output_format, guided_json, guided_regex,
  guided_choice, guided_grammar, structured_outputs, verbosity, prediction, safe_prompt, prompt_mode, reasoning,
  reasoning_effort, reasoning_format, include_reasoning, thinking, enable_thinking, thinking_budget,
  chat_template_kwargs, functions, function_call, tool_choice, parallel_tool_calls, parallel_function_calling,
  previous_response_id, prompt_cache_key, prompt_cache_retention, cache_control, context_management,
  encoding_format, dimensions, output_dimension, output_dtype, input_type, embedding_types, embedding_type,
  normalized, late_chunking, top_n, return_documents, return_text, max_chunks_per_doc, max_tokens_per_doc,
  overlap_tokens`.split(/,\s+/),
);

/** Names of agents, and of models that search or run code by themselves. */
const ACTING = /agent|compound|deep-research|search|sonar|:online/i;

/** Members of which it depends on the value. */
const JUDGED: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['model', isAnsweringModel],
  ['models', (value) => isListOf(value, isAnsweringModel)],
  ['store', (value) => value === false],
  ['background', (value) => value === false],
  // Sound and pictures are long to make, and some are kept.
  ['modalities', (value) => isListOf(value, (modality) => modality === 'text')],
  ['tools', (value) => isListOf(value, isClientTool)],
  // As an object it is a template at the provider, which may bring tools along.
  ['prompt', (value) => typeof value === 'string' || Array.isArray(value)],
  ['input', (value) => typeof value === 'string' || isListOf(value, isPlainItem)],
]);

/** The responses API keeps its answers unless it is told not to. */
const KEEPING = /^\/responses\/?$/;

/**
 * Whether the provider does nothing for a POST but answer it: nothing stays there, and no tool works there. False for
 * whatever cannot be told: a member, a tool or an item that is not known here, a text that is not plain JSON, one that
 * readers could understand differently, and bodies of over 512 KB. `path` is what follows `/v1`, without the query.
 */
export function isPureQuestion(path: string, body: Buffer): boolean {
  const question = body.length > BYTES_MAX ? undefined : questionIn(body);
  if (question === undefined || (KEEPING.test(path) && question.store !== false)) return false;
  return Object.entries(question).every(
    ([name, value]) => value === null || SHAPING.has(name) || JUDGED.get(name)?.(value) === true,
  );
}

function questionIn(body: Buffer): Fields | undefined {
  const value = parsedBriefly(body.toString());
  // Of two members of one name, readers take different ones.
  return isFields(value) && membersOf(value) === membersIn(body) ? value : undefined;
}

function membersIn(text: Buffer): number {
  let count = 0;
  const member = () => {
    count += 1;
    return 0;
  };
  new JsonScanner(text, 0, { member }, true).step(text.length);
  return count;
}

function membersOf(value: object): number {
  let count = 0;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const items: readonly unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += items.length;
    for (const item of items) if (typeof item === 'object' && item !== null) open.push(item);
  }
  return count;
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isAnsweringModel(name: unknown): boolean {
  return typeof name === 'string' && !ACTING.test(name);
}

/** The client runs it itself. Anthropic's have no type, but a schema. */
function isClientTool(tool: unknown): boolean {
  if (!isFields(tool)) return false;
  const { type } = tool;
  return type === 'function' || type === 'custom' || (type === undefined && isFields(tool.input_schema));
}

/** What was said, thought and called before; not what a provider's tool was told to do, or may do now. */
const ITEMS: ReadonlySet<unknown> = new Set([
  'message',
  'text',
  'image_url',
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'item_reference',
  'compaction',
]);

function isPlainItem(item: unknown): boolean {
  if (!isFields(item)) return true;
  return item.type === undefined ? typeof item.role === 'string' : ITEMS.has(item.type);
}
