import { SELECTION_POLICIES } from '../balancer/policies/all';
import { limits } from './limits';
import { withoutOuterQuotes } from './raw-text';
import { formatIssues } from './refusal';
import { live, type SettingDefinition, startOnly } from './setting-definition';
import { alertReceivers } from './values/alert-receivers';
import { boolean } from './values/boolean';
import { egressUrlSchema, normalizeEgressUrl } from './values/egress-url';
import { headers } from './values/headers';
import { httpUrl, httpUrlOrNone } from './values/http-url';
import { list } from './values/list';
import { decimalNumber, wholeNumber } from './values/number';
import { attributePairs, headerPairs } from './values/pairs';
import { oidcClaim, oidcIssuer, oidcScopes } from './values/oidc';
import { postgresUrl, SSL_MODES } from './values/postgres-url';
import { prices } from './values/prices';
import { providers } from './values/providers';
import { routes } from './values/routes';
import { redisUrl } from './values/redis-url';
import { SAMPLERS } from './values/samplers';
import { workers } from './values/workers';
import {
  choice,
  host,
  hostOrFolder,
  lineSchema,
  passphrase,
  slug,
  text,
  timeZone,
  token,
  tokenSchema,
} from './values/text';

// setTimeout holds 24.8 days at most, so intervals stay below that.
const intervalHoursMax = 500;

const systemTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The only source of every setting: its type, default, limits, group and description. */
const definitions = {
  PORT: startOnly({
    type: wholeNumber(0, 65_535),
    default: 8000,
    group: 'Server',
    description: 'Port to listen on; 0 takes any free one',
  }),
  HOST: startOnly({
    type: host,
    default: '0.0.0.0',
    group: 'Server',
    description: 'Address to listen on; 127.0.0.1 for this machine only, :: for IPv6',
  }),
  WORKERS: startOnly({
    type: workers,
    default: '1',
    group: 'Server',
    description: 'Processes that serve clients on the one port, or auto for as many as there are processors',
  }),
  DATA_DIR: startOnly({
    type: text(),
    default: './data',
    group: 'Server',
    description: 'Folder of the SQLite file and of the secrets that are made',
  }),
  ENCRYPTION_KEY: startOnly({
    type: passphrase,
    default: '',
    defaultNote: 'made in DATA_DIR',
    group: 'Server',
    description:
      'Secret that encrypts stored keys: 64 hex digits, 32 bytes in base64, or a passphrase of 16 characters or more',
    isSecret: true,
  }),
  ENCRYPTION_KEY_OLD: startOnly({
    type: passphrase,
    default: '',
    group: 'Server',
    description: 'The former ENCRYPTION_KEY while it is being replaced',
    isSecret: true,
  }),
  MAX_BODY_MB: live({
    type: wholeNumber(1, 4096),
    default: 600,
    group: 'Server',
    unit: 'MB',
    description: 'Largest request body; larger ones are answered with 413',
  }),
  MAX_BODIES_MB: live({
    type: wholeNumber(0, 1_048_576),
    default: 0,
    group: 'Server',
    unit: 'MB',
    description:
      'Memory for all request bodies together; others wait, up to 10 seconds. 0 is an eighth of all, 64 MB at least',
  }),
  MAX_BODIES_ON_DISK_MB: live({
    type: wholeNumber(0, 1_048_576),
    default: 4096,
    group: 'Server',
    unit: 'MB',
    description:
      'Disk in DATA_DIR for all request bodies of over 1 MB together; others wait, up to 10 seconds. 0 keeps all in memory',
  }),
  DRAIN_SECONDS: live({
    type: wholeNumber(0, 3600),
    default: 5,
    group: 'Server',
    unit: 'seconds',
    description:
      'Time after SIGTERM in which requests are still served while /ready says no, so that balancers look away',
  }),
  SHUTDOWN_TIMEOUT: live({
    type: wholeNumber(0, 3600),
    default: 30,
    group: 'Server',
    unit: 'seconds',
    description: 'Time that requests in flight get to finish after that',
  }),

  DATABASE_TYPE: startOnly({
    type: choice(['sqlite', 'mysql', 'postgres']),
    default: 'sqlite',
    group: 'Database',
    description: 'Where settings, keys and logs are kept: sqlite, mysql or postgres',
  }),
  SQLITE_DATABASE: startOnly({
    type: text(),
    default: 'default_db',
    group: 'Database',
    description: 'Name of the SQLite file in DATA_DIR, or a path',
  }),
  MYSQL_HOST: startOnly({
    type: host,
    default: 'localhost',
    group: 'Database',
    description: 'Host of the MySQL or MariaDB server',
  }),
  MYSQL_PORT: startOnly({
    type: wholeNumber(1, 65_535),
    default: 3306,
    group: 'Database',
    description: 'Port of the MySQL or MariaDB server',
  }),
  MYSQL_USER: startOnly({
    type: text(),
    default: '',
    group: 'Database',
    description: 'User of the MySQL database',
  }),
  MYSQL_PASSWORD: startOnly({
    type: text(),
    default: '',
    group: 'Database',
    description: 'Password of the MySQL user',
    isSecret: true,
  }),
  MYSQL_DATABASE: startOnly({
    type: text(),
    default: 'defaultdb',
    group: 'Database',
    description: 'Name of the MySQL database',
  }),
  MYSQL_SOCKET: startOnly({
    type: text(),
    default: '',
    group: 'Database',
    description: 'Path of the MySQL socket, used instead of host and port',
  }),
  DATABASE_URL: startOnly({
    type: postgresUrl,
    default: '',
    group: 'Database',
    description: 'Address of the PostgreSQL database; what it says is used instead of the POSTGRES settings',
    example: 'postgresql://user:password@localhost:5432/balance?sslmode=verify-full',
    isSecret: true,
  }),
  POSTGRES_HOST: startOnly({
    type: hostOrFolder,
    default: 'localhost',
    group: 'Database',
    description: 'Host of the PostgreSQL server, or the folder of its socket',
  }),
  POSTGRES_PORT: startOnly({
    type: wholeNumber(1, 65_535),
    default: 5432,
    group: 'Database',
    description: 'Port of the PostgreSQL server',
  }),
  POSTGRES_USER: startOnly({
    type: text(),
    default: 'postgres',
    group: 'Database',
    description: 'User of the PostgreSQL database, who owns it',
  }),
  POSTGRES_PASSWORD: startOnly({
    type: text(),
    default: '',
    group: 'Database',
    description: 'Password of the PostgreSQL user',
    isSecret: true,
  }),
  POSTGRES_DATABASE: startOnly({
    type: text(),
    default: 'defaultdb',
    group: 'Database',
    description: 'Name of the PostgreSQL database',
  }),
  POSTGRES_SSLMODE: startOnly({
    type: choice(SSL_MODES),
    default: 'disable',
    group: 'Database',
    description:
      'TLS with the PostgreSQL server: disable, require (with whoever answers), verify-ca or verify-full',
  }),
  POSTGRES_SSLROOTCERT: startOnly({
    type: text(),
    default: '',
    defaultNote: 'the authorities that Node trusts',
    group: 'Database',
    description: 'File with the certificates that the certificate of the PostgreSQL server is checked by',
  }),
  REDIS_URL: startOnly({
    type: redisUrl,
    default: '',
    group: 'Database',
    description: 'Redis or Valkey that instances on one database share what is fast by; none if empty',
    example: 'redis://:password@localhost:6379/0',
    isSecret: true,
  }),

  ALLOWED_TOKENS: live({
    type: list(tokenSchema),
    default: [],
    defaultNote: 'one is made and shown at the first start',
    group: 'Access',
    description: 'Tokens that clients send as their API key',
    example: '["sk-my-team","sk-my-laptop"]',
    isSecret: true,
  }),
  AUTH_TOKEN: live({
    type: token,
    default: '',
    defaultNote: 'the first of ALLOWED_TOKENS',
    group: 'Access',
    description: 'Admin token: opens the dashboard and the admin API',
    isSecret: true,
  }),
  METRICS_TOKEN: live({
    type: token,
    default: '',
    defaultNote: 'only the admin token',
    group: 'Access',
    description: 'Token that opens /metrics and nothing else, for Prometheus',
    isSecret: true,
  }),

  OIDC_ISSUER: live({
    type: oidcIssuer,
    default: '',
    group: 'Access',
    description:
      'OpenID provider that people may sign in to the dashboard at, beside the admin token; with HTTPS, or on this machine',
    example: 'https://login.example.com',
  }),
  OIDC_CLIENT_ID: live({
    type: text(),
    default: '',
    group: 'Access',
    description: 'Name of this program at the OpenID provider; without it nobody signs in there',
    example: 'openai-balance',
  }),
  OIDC_CLIENT_SECRET: live({
    type: text(),
    default: '',
    defaultNote: 'a public client, with PKCE alone',
    group: 'Access',
    description: 'Secret of this program at the OpenID provider',
    isSecret: true,
  }),
  OIDC_NAME: live({
    type: text(),
    default: 'Single sign-on',
    group: 'Access',
    description: 'What the button on the sign-in page says',
  }),
  OIDC_SCOPES: live({
    type: oidcScopes,
    default: 'openid email profile',
    group: 'Access',
    description: 'What the OpenID provider is asked to tell of people, separated by spaces',
    example: 'openid email profile groups',
  }),
  OIDC_ROLES_CLAIM: live({
    type: oidcClaim,
    default: 'groups',
    group: 'Access',
    description:
      'Claim with the groups or roles of people, as a name or a path such as realm_access.roles; one that they cannot change themselves',
    example: 'realm_access.roles',
  }),
  OIDC_ADMINS: live({
    type: list(lineSchema),
    default: [],
    group: 'Access',
    description:
      'Who may do everything: values of OIDC_ROLES_CLAIM, verified e-mail addresses, @domain for all of a domain, * for everybody',
    example: '["gateway-admins","anna@example.com"]',
  }),
  OIDC_OPERATORS: live({
    type: list(lineSchema),
    default: [],
    group: 'Access',
    description:
      'Who may look, read request bodies, test, reset, enable, disable and add keys; written alike',
    example: '["on-call"]',
  }),
  OIDC_VIEWERS: live({
    type: list(lineSchema),
    default: [],
    group: 'Access',
    description: 'Who may look at all that is no secret; written alike',
    example: '["@example.com"]',
  }),

  API_KEYS: live({
    type: list(tokenSchema),
    default: [],
    group: 'Default provider',
    description: 'Keys of the default provider',
    example: '["sk-first","sk-second"]',
    isSecret: true,
  }),
  BASE_URL: live({
    type: httpUrl,
    default: 'https://api.openai.com/v1',
    group: 'Default provider',
    description: 'Base URL of the default provider, with its version path',
  }),
  DEFAULT_PROVIDER: live({
    type: slug,
    default: 'default',
    group: 'Default provider',
    description: 'Slug of the provider that serves /v1',
  }),
  MODEL_REQUEST_KEY: live({
    type: token,
    default: '',
    defaultNote: 'any key of the pool',
    group: 'Default provider',
    description: 'Key that is used only to list models',
    isSecret: true,
  }),
  CUSTOM_HEADERS: live({
    type: headers,
    default: {},
    group: 'Default provider',
    description: 'Headers added to requests to the default provider',
    example: '{"X-Team":"blue"}',
    isSecret: true,
  }),

  PROVIDERS_CONFIG: live({
    type: providers,
    default: [],
    group: 'Providers',
    description:
      'Further providers: name, path, preset, base_url, auth, query, api_keys, enabled, model_request_key, custom_headers, timeout, first_token_timeout, ' +
      'max_failures, max_retries, test_model, selection_policy, fallbacks, proxies, limits',
    example:
      '[{"name":"Other","path":"other","base_url":"https://api.example.com/v1","api_keys":["sk-other"]}]',
    isSecret: true,
  }),
  FILTERED_MODELS: live({
    type: list(lineSchema),
    default: [],
    group: 'Providers',
    description: 'Models that are neither listed nor served',
    example: '["gpt-4-32k","dall-e-2"]',
  }),
  MODEL_ROUTES: live({
    type: routes,
    default: [],
    group: 'Providers',
    description:
      'Names of models that several providers answer for: name (* is any text), targets of provider, model, weight and tier, ' +
      'on (unavailable, context_length, content_policy), first_token_timeout',
    example:
      '[{"name":"fast","targets":[{"provider":"groq","model":"llama-3.3-70b","weight":3},{"provider":"other","tier":2}]}]',
  }),
  LIST_ALL_MODELS: live({
    type: boolean,
    default: false,
    group: 'Providers',
    description: 'List the models of all enabled providers as provider/model in /v1/models',
  }),
  MODEL_PRICES: live({
    type: prices,
    default: [],
    group: 'Providers',
    description:
      'What models cost where the list prices do not hold, in USD for a million tokens: provider, model (* is any text), ' +
      'input, cached_input, cache_write, cache_write_1h, input_audio, cached_audio, input_image, output, reasoning, ' +
      'output_audio, output_image, request for each request, and batch, flex and priority as shares of that price',
    example: '[{"provider":"other","model":"llama-*","input":0.5,"output":1.5}]',
  }),

  PRICES_FILE: live({
    type: text(),
    default: '',
    group: 'Providers',
    description:
      'File with the list prices of models, in the format of genai-prices, used in the place of those that come with ' +
      'the program; looked at each minute',
    example: '/data/prices.json',
  }),
  PRICES_URL: live({
    type: httpUrlOrNone,
    default: '',
    group: 'Providers',
    description: 'Address of the list prices that are fetched; the public list of genai-prices if empty',
    example: 'https://example.com/prices.json',
  }),
  PRICES_UPDATE_ENABLED: live({
    type: boolean,
    default: false,
    group: 'Providers',
    description: 'Fetch the list prices every day',
  }),

  SELECTION_POLICY: live({
    type: choice(SELECTION_POLICIES),
    default: 'headroom',
    group: 'Balancing',
    description: `How a key is chosen: ${SELECTION_POLICIES.join(', ')}`,
  }),
  MAX_FAILURES: live({
    type: wholeNumber(limits.maxFailures.min, limits.maxFailures.max),
    default: 3,
    group: 'Balancing',
    description: 'Failures in a row until a key is disabled',
  }),
  MAX_RETRIES: live({
    type: wholeNumber(limits.maxRetries.min, limits.maxRetries.max),
    default: 3,
    group: 'Balancing',
    description: 'Further attempts after the first',
  }),
  COOLDOWN_SECONDS: live({
    type: decimalNumber(0, 3600),
    default: 5,
    group: 'Balancing',
    unit: 'seconds',
    description: 'First rest of a key after a 429 that names no time',
  }),
  OWNERS_DAYS: live({
    type: wholeNumber(1, 3650),
    default: 30,
    group: 'Balancing',
    unit: 'days',
    description:
      'How long it is remembered which key owns a file, batch, response or the like that nobody uses',
  }),

  TIME_OUT: live({
    type: decimalNumber(limits.timeoutSeconds.min, limits.timeoutSeconds.max),
    default: 300,
    group: 'Timeouts',
    unit: 'seconds',
    description: 'Longest wait for the first byte of an answer',
  }),
  STREAM_IDLE_TIMEOUT: live({
    type: decimalNumber(limits.timeoutSeconds.min, limits.timeoutSeconds.max),
    default: 120,
    group: 'Timeouts',
    unit: 'seconds',
    description: 'Longest silence within an answer',
  }),
  FIRST_TOKEN_TIMEOUT: live({
    type: decimalNumber(limits.firstTokenTimeoutSeconds.min, limits.firstTokenTimeoutSeconds.max),
    default: 0,
    group: 'Timeouts',
    unit: 'seconds',
    description: 'Longest wait for the first word of a stream before the next key is asked; 0 is off',
  }),
  STREAM_KEEPALIVE_SECONDS: live({
    type: decimalNumber(0, 3600),
    default: 5,
    group: 'Timeouts',
    unit: 'seconds',
    description: 'How often a client that waits for a stream gets a comment as a sign of life; 0 is off',
  }),
  WAIT_SECONDS: live({
    type: decimalNumber(0, 3600),
    default: 10,
    group: 'Timeouts',
    unit: 'seconds',
    description: 'Longest wait for a key when all rest or are at their limits; 0 answers 429 at once',
  }),
  WAIT_QUEUE_MAX: live({
    type: wholeNumber(0, 100_000),
    default: 1_000,
    group: 'Timeouts',
    description: 'How many requests may wait for a key at a time; more are answered 429 at once',
  }),

  HEDGE_SECONDS: live({
    type: decimalNumber(0, 3600),
    default: 0,
    group: 'Timeouts',
    unit: 'seconds',
    description:
      'After so long without a first byte a stream or a read is also sent with another key, and the first content wins; at most 5 % of the traffic; 0 is off',
  }),

  PROXIES: live({
    type: list(egressUrlSchema, normalizeEgressUrl),
    default: [],
    group: 'Proxies',
    description: 'Proxies: http://, https://, socks5:// or socks5h://, with user:password if needed',
    example: '["http://user:password@proxy.example.com:8080","socks5://127.0.0.1:1080"]',
    isSecret: true,
  }),
  PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY: live({
    type: boolean,
    default: true,
    group: 'Proxies',
    description: 'A key keeps its proxy; false: a random proxy for each attempt',
  }),
  PROXY_AUTO_CHECK_ENABLED: live({
    type: boolean,
    default: false,
    group: 'Proxies',
    description: 'Test the proxies regularly',
  }),
  PROXY_CHECK_INTERVAL_HOURS: live({
    type: decimalNumber(0.001, intervalHoursMax),
    default: 1,
    group: 'Proxies',
    unit: 'hours',
    description: 'Time between two tests of the proxies; decimals are allowed',
  }),
  PROXY_MAX_FAILURES: live({
    type: wholeNumber(limits.maxFailures.min, limits.maxFailures.max),
    default: 3,
    group: 'Proxies',
    description: 'Failures in a row until a proxy is disabled',
  }),
  PROXY_CHECK_URL: live({
    type: httpUrl,
    default: 'https://www.google.com',
    group: 'Proxies',
    description: 'Address that is fetched to test a proxy',
  }),
  PROXY_CHECK_TIMEOUT: live({
    type: decimalNumber(0.1, 600),
    default: 10,
    group: 'Proxies',
    unit: 'seconds',
    description: 'Longest duration of one test of a proxy',
  }),

  CHECK_INTERVAL_HOURS: live({
    type: decimalNumber(0, intervalHoursMax),
    default: 1,
    group: 'Probing',
    unit: 'hours',
    description: 'Time between two probes of disabled keys; decimals are allowed, 0 is off',
  }),
  TEST_MODEL: live({
    type: text(),
    default: 'gpt-4o-mini',
    group: 'Probing',
    description: 'Model that is asked to probe a key',
  }),

  LOG_LEVEL: live({
    type: choice(['DEBUG', 'INFO', 'WARNING', 'ERROR']),
    default: 'INFO',
    group: 'Logs',
    description: 'Least important lines that are printed: DEBUG, INFO, WARNING or ERROR',
  }),
  ERROR_LOG_RECORD_REQUEST_BODY: live({
    type: boolean,
    default: false,
    group: 'Logs',
    description: 'Keep the request body in the error log; it may hold what people wrote',
  }),
  AUTO_DELETE_ERROR_LOGS_ENABLED: live({
    type: boolean,
    default: true,
    group: 'Logs',
    description: 'Delete old error logs',
  }),
  AUTO_DELETE_ERROR_LOGS_DAYS: live({
    type: wholeNumber(1, 3650),
    default: 7,
    group: 'Logs',
    unit: 'days',
    description: 'Age at which error logs are deleted',
  }),
  AUTO_DELETE_REQUEST_LOGS_ENABLED: live({
    type: boolean,
    default: true,
    group: 'Logs',
    description: 'Delete old request logs',
  }),
  AUTO_DELETE_REQUEST_LOGS_DAYS: live({
    type: wholeNumber(1, 3650),
    default: 30,
    group: 'Logs',
    unit: 'days',
    description: 'Age at which request logs are deleted',
  }),

  OTEL_EXPORTER_OTLP_ENDPOINT: startOnly({
    type: httpUrlOrNone,
    default: '',
    group: 'Tracing',
    description:
      'Collector of OpenTelemetry that gets a span of each request and attempt, at /v1/traces below this address; none if empty',
    example: 'http://localhost:4318',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: startOnly({
    type: httpUrlOrNone,
    default: '',
    group: 'Tracing',
    description: 'The whole address that spans are sent to, used instead',
    example: 'http://localhost:4318/v1/traces',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: startOnly({
    type: choice(['http/protobuf', 'http/json']),
    default: 'http/protobuf',
    group: 'Tracing',
    description: 'How spans are sent: http/protobuf or http/json; gRPC is not spoken',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: startOnly({
    type: headerPairs,
    default: {},
    group: 'Tracing',
    description: 'Headers that the collector wants, with percent-encoded values',
    example: 'authorization=Bearer%20secret,x-team=blue',
    isSecret: true,
  }),
  OTEL_EXPORTER_OTLP_TIMEOUT: startOnly({
    type: wholeNumber(1, 600_000),
    default: 10_000,
    group: 'Tracing',
    unit: 'milliseconds',
    description: 'Longest time in which a batch of spans is sent, with its repetitions',
  }),
  OTEL_SERVICE_NAME: startOnly({
    type: text(),
    default: '',
    defaultNote: 'service.name of OTEL_RESOURCE_ATTRIBUTES, else openai-balance',
    group: 'Tracing',
    description: 'Name of this service in spans',
  }),
  OTEL_RESOURCE_ATTRIBUTES: startOnly({
    type: attributePairs,
    default: {},
    group: 'Tracing',
    description: 'What else spans say of this service, with percent-encoded values',
    example: 'deployment.environment.name=production',
  }),
  OTEL_TRACES_SAMPLER: startOnly({
    type: choice(SAMPLERS),
    default: 'parentbased_always_on',
    group: 'Tracing',
    description: `Which requests get spans: ${SAMPLERS.join(', ')}`,
  }),
  OTEL_TRACES_SAMPLER_ARG: startOnly({
    type: decimalNumber(0, 1),
    default: 1,
    group: 'Tracing',
    description: 'Share of the traces that the samplers with traceidratio take',
  }),
  OTEL_TRACES_EXPORTER: startOnly({
    type: choice(['otlp', 'none']),
    default: 'otlp',
    group: 'Tracing',
    description: 'none turns tracing off',
  }),
  OTEL_SDK_DISABLED: startOnly({
    type: boolean,
    default: false,
    group: 'Tracing',
    description: 'true turns tracing off',
  }),
  OTEL_BSP_SCHEDULE_DELAY: startOnly({
    type: wholeNumber(1, 600_000),
    default: 5_000,
    group: 'Tracing',
    unit: 'milliseconds',
    description: 'Longest time that spans wait for a batch to be full',
  }),
  OTEL_BSP_EXPORT_TIMEOUT: startOnly({
    type: wholeNumber(1, 600_000),
    default: 30_000,
    group: 'Tracing',
    unit: 'milliseconds',
    description: 'After so long the next batch goes out, whatever has become of the one before',
  }),
  OTEL_BSP_MAX_QUEUE_SIZE: startOnly({
    type: wholeNumber(1, 100_000),
    default: 2_048,
    group: 'Tracing',
    description: 'Spans that wait at most; more are dropped',
  }),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: startOnly({
    type: wholeNumber(1, 2_048),
    default: 128,
    group: 'Tracing',
    description: 'Spans of one batch at most',
  }),

  ALERT_RECEIVERS: live({
    type: alertReceivers,
    default: [],
    group: 'Alerts',
    description:
      'Who is told of incidents: name, kind (json, slack, discord, telegram, ntfy), url, token, chat_id, secret, rules, ' +
      'keys_low_percent, quiet_hours of from, to and zone, language, delay_seconds, enabled',
    example: '[{"name":"ops","kind":"ntfy","url":"https://ntfy.sh/my-secret-topic"}]',
    isSecret: true,
  }),

  ADMIN_SESSION_EXPIRE: live({
    type: wholeNumber(300, 86_400),
    default: 3600,
    group: 'Dashboard',
    unit: 'seconds',
    description: 'Time until the dashboard asks to sign in again',
  }),
  TIMEZONE: live({
    type: timeZone,
    default: systemTimeZone,
    defaultNote: "the system's",
    group: 'Dashboard',
    description: 'Time zone of schedules and of the dashboard, an IANA name',
    example: 'Europe/Berlin',
  }),
};

type Definitions = typeof definitions;

/** The name of a setting in the environment, in .env, in the store and in the API. */
export type SettingName = keyof Definitions;

/** A value for every setting, by name. */
export type Settings = { readonly [Name in SettingName]: Definitions[Name]['default'] };

/** Settings that are needed before the database opens. */
export type StartOnlyName = {
  [Name in SettingName]: Definitions[Name]['isStartOnly'] extends true ? Name : never;
}[SettingName];

export const settingDefinitions: Readonly<Record<SettingName, SettingDefinition>> = definitions;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(definitions, name);
}

/** All names, in the order of the form and the documents. */
export const settingNames: readonly SettingName[] = Object.keys(definitions).filter(isSettingName);

export function isStartOnlyName(name: SettingName): name is StartOnlyName {
  return settingDefinitions[name].isStartOnly;
}

/** Built from the definitions, so that each name has the type of its own value. */
export function settingsFrom(valueOf: (name: SettingName) => unknown): Settings {
  return Object.freeze(Object.fromEntries(settingNames.map((name) => [name, valueOf(name)]))) as Settings;
}

export const defaultSettings: Settings = settingsFrom((name) => settingDefinitions[name].default);

/** True for text that says nothing (blanks, `""`), which means "not set" for every setting. */
export function isUnset(raw: string): boolean {
  return withoutOuterQuotes(raw) === '';
}

export type ParsedSetting<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };

/**
 * Never throws. Empty text gives the default. The message names the setting, what is allowed and the refused value;
 * secrets are "(hidden)" in it.
 */
export function parseSetting<Name extends SettingName>(
  name: Name,
  raw: string,
): ParsedSetting<Settings[Name]> {
  if (isUnset(raw)) return { ok: true, value: defaultSettings[name] };
  const { schema, isSecret } = settingDefinitions[name];
  const result = schema.safeDecode(raw);
  if (!result.success)
    return { ok: false, message: formatIssues(name, result.error.issues, { raw, isSecret }) };
  // The schema belongs to the name, which the common type of the table cannot say.
  return { ok: true, value: result.data as Settings[Name] };
}

/** The canonical text of a value: parsing it gives an equal value. Throws a ZodError on a value that is not allowed. */
export function serializeSetting<Name extends SettingName>(name: Name, value: Settings[Name]): string {
  return settingDefinitions[name].schema.encode(value);
}
