import { LLMock, type ChaosConfig, type JournalEntry } from '@copilotkit/aimock';

export interface Aimock {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  /** For fixtures beyond the ones below; the first match wins, so put them in front with `prependFixture`. */
  readonly mock: LLMock;
  /** Every request so far, oldest first. */
  journal(): JournalEntry[];
  /**
   * Rates 0 to 1: `dropRate` (500), `malformedRate` (broken JSON), `rateLimitRate` (429), `disconnectRate`;
   * `latencyMs`.
   */
  setChaos(chaos: ChaosConfig): void;
  clearChaos(): void;
  /** The next request gets this error; the one after is served. */
  failNext(status: number, error?: { message?: string; type?: string; code?: string }): void;
  /** Forgets the journal and the chaos, keeps the fixtures. */
  reset(): void;
  stop(): Promise<void>;
}

/** What the fixtures answer, for assertions. */
export const aimockAnswers = {
  text: 'Hello from aimock. This sentence is long enough for several chunks.',
  reasonedText: 'The answer is 42.',
  toolName: 'get_weather',
  toolArguments: '{"city":"Berlin"}',
  afterTool: 'It is sunny in Berlin.',
  transcription: 'a transcribed sentence',
  embedding: [0.1, -0.2, 0.3, -0.4],
  imageUrl: 'https://images.invalid/cat.png',
};

/**
 * An independent implementation of the OpenAI API. Chat and responses, streamed or not: a message with "weather" is
 * answered with a tool call (and a tool's result with a sentence), one with "reason" with reasoning, anything else with
 * `text`. Besides: embeddings (as floats only, so ask for `encoding_format: 'float'`), models, images, transcription,
 * translation, moderation.
 */
export async function startAimock(): Promise<Aimock> {
  const mock = new LLMock({ host: '127.0.0.1', port: 0, journalMaxEntries: 0 });
  addFixtures(mock);
  await mock.start();
  return {
    baseUrl: `${mock.url}/v1`,
    mock,
    journal: () => mock.getRequests(),
    setChaos: (chaos) => void mock.setChaos(chaos),
    clearChaos: () => void mock.clearChaos(),
    failNext: (status, error) => void mock.nextRequestError(status, error),
    reset: () => {
      mock.clearChaos();
      mock.clearRequests();
    },
    stop: () => mock.stop(),
  };
}

function addFixtures(mock: LLMock): void {
  const { text, reasonedText, toolName, toolArguments, afterTool, transcription, embedding, imageUrl } =
    aimockAnswers;
  mock
    .onTranscription({ transcription: { text: transcription, language: 'en', duration: 1.5 } })
    .onTranslation({ transcription: { text: transcription, language: 'en', duration: 1.5 } })
    .onImage(/./, { image: { url: imageUrl } })
    .onEmbedding(/[\s\S]*/, { embedding })
    .on({ endpoint: 'chat', hasToolResult: true }, { content: afterTool })
    .on(
      { endpoint: 'chat', userMessage: /weather/i },
      { toolCalls: [{ id: 'call_weather', name: toolName, arguments: toolArguments }] },
    )
    .on(
      { endpoint: 'chat', userMessage: /reason/i },
      { content: reasonedText, reasoning: 'Six times seven.' },
    )
    .on({ endpoint: 'chat' }, { content: text }, { chunkSize: 8 })
    .onModerate(/violence/i, { flagged: true, categories: { violence: true } });
}
