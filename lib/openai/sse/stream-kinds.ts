/**
 * What a stream is made of: `choices` of chats and completions, `candidates` of Gemini, `messages` of Anthropic, other
 * events with a type, or lines that say whether they are the last (`done`, Ollama's).
 */
export type StreamFormat = 'choices' | 'candidates' | 'messages' | 'typed' | 'done';

interface TypedKind {
  readonly format: 'messages' | 'typed';
  /** How the types of its events begin. */
  readonly prefixes: readonly string[];
  /** The types after which it may end. An error ends any stream. */
  readonly ends: readonly string[];
}

/**
 * Every kind of stream whose events have a type, by the references of OpenAI (Responses, images, transcriptions,
 * speech, runs of assistants), Anthropic (messages), Google (interactions), Mistral (conversations) and Cohere (chats).
 * A kind that is not here may end anywhere.
 */
const TYPED_KINDS: readonly TypedKind[] = [
  {
    format: 'typed',
    prefixes: ['response.'],
    ends: ['completed', 'incomplete', 'failed', 'cancelled', 'done'].map((end) => `response.${end}`),
  },
  {
    format: 'typed',
    prefixes: ['image_generation.', 'image_edit.'],
    ends: ['image_generation.completed', 'image_edit.completed'],
  },
  { format: 'typed', prefixes: ['transcript.text.'], ends: ['transcript.text.done'] },
  { format: 'typed', prefixes: ['speech.audio.'], ends: ['speech.audio.done'] },
  {
    format: 'typed',
    prefixes: ['thread.'],
    ends: ['completed', 'incomplete', 'failed', 'cancelled', 'expired', 'requires_action']
      .map((end) => `thread.run.${end}`)
      .concat('done'),
  },
  {
    format: 'messages',
    prefixes: ['message_start', 'message_delta', 'message_stop', 'content_block_'],
    ends: ['message_stop'],
  },
  {
    format: 'typed',
    prefixes: ['interaction.'],
    ends: ['interaction.completed', 'interaction.complete'],
  },
  {
    format: 'typed',
    prefixes: ['conversation.response.'],
    ends: ['conversation.response.done', 'conversation.response.error'],
  },
  { format: 'typed', prefixes: ['message-start', 'message-end'], ends: ['message-end'] },
];

export const ENDING_TYPES: ReadonlySet<string> = new Set([
  ...TYPED_KINDS.flatMap(({ ends }) => ends),
  'error',
]);

/** The format of a stream with an event of this type; undefined if it is not known. */
export function typedFormat(type: string | undefined): StreamFormat | undefined {
  if (type === undefined) return undefined;
  return TYPED_KINDS.find(({ prefixes }) => prefixes.some((prefix) => type.startsWith(prefix)))?.format;
}
