import { PRESETS } from '../../config/presets';
import { keyHint } from '../../balancer/attribution/key-hint';
import { PlanBuilder, type NewProvider } from '../plan-builder';
import { isObject, jsonOf, listOf, objectOf, setNumberOf, split, textOf } from '../rows';
import { UnreadableSource, type SourceProgram } from '../source';

const GOOGLE = 'https://generativelanguage.googleapis.com/v1beta';
const VERTEX = 'https://aiplatform.googleapis.com/v1beta1/publishers/google';
/** Models that clients ask for where no provider is named. */
const MODELS = ['gemini-*', 'gemma-*', 'imagen-*', 'veo-*'];
/** Read here; those below are told of where they differ from what that program does by itself. */
const LISTS_TOLD = [
  'FILTERED_MODELS',
  'SEARCH_MODELS',
  'IMAGE_MODELS',
  'THINKING_MODELS',
  'URL_CONTEXT_MODELS',
];
const TOLD = [
  'PAID_KEY',
  'SAFETY_SETTINGS',
  'THINKING_BUDGET_MAP',
  'FAKE_STREAM_ENABLED',
  'STREAM_OPTIMIZER_ENABLED',
  'TOOLS_CODE_EXECUTION_ENABLED',
  'URL_CONTEXT_ENABLED',
  'UPLOAD_PROVIDER',
  'CHECK_INTERVAL_HOURS',
  'TIMEZONE',
  'LOG_LEVEL',
  'AUTH_TOKEN',
];

/** gemini-balance 2: its database, its .env, or both. As there the database wins, except where it says nothing. */
export const geminiBalance: SourceProgram = {
  title: 'gemini-balance',
  tables: [{ name: 't_settings', columns: ['key', 'value'] }],
  takesConfig: false,
  takesEnvironment: true,
  read({ tables, environment }) {
    const rows = tables.get('t_settings');
    if (rows === undefined && Object.keys(environment).length === 0)
      throw new UnreadableSource(
        'There is no table `t_settings` in it, and no setting in a .env: it is not of gemini-balance.',
      );
    const stored = (rows ?? []).map((row) => [textOf(row['key']), textOf(row['value'])] as const);
    const texts = { ...environment, ...Object.fromEntries(stored.filter(([, text]) => !saysNothing(text))) };
    const builder = new PlanBuilder();
    addProviders(builder, texts);
    addTokens(builder, texts);
    for (const name of [...LISTS_TOLD, ...TOLD]) {
      const text = texts[name] ?? '';
      if (!saysNothing(text) && text !== 'false')
        builder.remarks.add(`settings that do not come over: look whether you need them here`, name);
    }
    builder.remarks.add(
      `clients ask /v1 for ${MODELS.join(', ')} as before, and for all else below /gemini: /gemini/v1beta, /gemini/v1`,
      '',
    );
    return builder.build();
  },
};

type Texts = Readonly<Record<string, string>>;

function saysNothing(text: string): boolean {
  return ['', '[]', '{}', '""'].includes(text.trim());
}

/** JSON, or with commas between. */
function listIn(builder: PlanBuilder, texts: Texts, name: string): string[] {
  const text = texts[name] ?? '';
  const json = jsonOf(text);
  if (json === undefined && text.trim().startsWith('[')) {
    builder.remarks.add('setting left out: it is no JSON list', name);
    return [];
  }
  const items = Array.isArray(json) ? listOf(json).map(textOf) : split(text);
  return items.filter((item) => item !== '');
}

function addProviders(builder: PlanBuilder, texts: Texts): void {
  const written = texts['CUSTOM_HEADERS'] ?? '';
  if (!saysNothing(written) && !isObject(jsonOf(written)))
    builder.remarks.add('setting left out: it is no JSON object', 'CUSTOM_HEADERS');
  const headers = Object.entries(objectOf(jsonOf(written)));
  const common = {
    auth: PRESETS.gemini.auth,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, textOf(value)])),
    maxFailures: setNumberOf(texts['MAX_FAILURES']),
    maxRetries: setNumberOf(texts['MAX_RETRIES']),
    timeoutSeconds: setNumberOf(texts['TIME_OUT']),
    testModel: texts['TEST_MODEL'] ?? null,
    proxies: listIn(builder, texts, 'PROXIES'),
  };
  const google = (texts['BASE_URL'] ?? GOOGLE).replace(/\/+$/, '');
  // Its OpenAI-compatible API lies below; Google's own clients name their path themselves.
  const baseUrl = google.endsWith('/openai') ? google : `${google}/openai`;
  const gemini = { ...common, slug: 'gemini', name: 'Gemini', baseUrl };
  const provider = addWithKeys(builder, gemini, listIn(builder, texts, 'API_KEYS'));
  if (provider !== undefined)
    for (const model of MODELS)
      builder.routes.add(model, { provider, model: null, weight: 1, tier: 1 }, 'pattern');
  const vertex = texts['VERTEX_EXPRESS_BASE_URL'] ?? VERTEX;
  addWithKeys(
    builder,
    { ...common, slug: 'vertex-express', name: 'Vertex Express', baseUrl: vertex },
    listIn(builder, texts, 'VERTEX_API_KEYS'),
  );
}

function addWithKeys(
  builder: PlanBuilder,
  provider: NewProvider,
  keys: readonly string[],
): string | undefined {
  const ref = keys.length === 0 ? undefined : builder.addProvider(provider);
  if (ref === undefined) return undefined;
  for (const value of keys) builder.addKey(ref, { value });
  return ref;
}

function addTokens(builder: PlanBuilder, texts: Texts): void {
  for (const value of listIn(builder, texts, 'ALLOWED_TOKENS'))
    builder.tokens.add({ value, name: `gemini-balance ${keyHint(value)}` });
}
