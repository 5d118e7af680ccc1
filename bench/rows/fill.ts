import { CLIENT_OUTCOMES } from '../../lib/store/logs/request-class';
import { LATENCY_BOUNDS_MS } from '../../lib/store/usage/latency';
import { CHAINS } from '../../lib/store/usage/usage-chains';

/** A database that statements are run on as they are. */
export interface FilledDatabase {
  readonly run: (sql: string) => Promise<unknown>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const FILLED_DAYS = 30;
/** Rows of one statement. */
const BATCH = 2 ** 16;
const MODELS_OF_PROVIDER = 4;
const PROXIES = 10;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Fills the log with so many requests of the last 30 days, evenly spread, and the statistics that the program would
 * have of them. Keys, providers and client tokens are those that the database has. 93 % of the requests succeed, 1 in
 * 50 of them with a second attempt; the others are 429, 500, 499, 400 and broken streams.
 */
export async function fillLog(
  database: FilledDatabase,
  rows: number,
  now: number,
  onDay: (day: number) => void,
): Promise<void> {
  const from = Math.floor(now / DAY_MS) * DAY_MS - (FILLED_DAYS - 1) * DAY_MS;
  const stepMs = (now - from) / rows;
  await names(database);
  for (let day = 0; day < FILLED_DAYS; day += 1) {
    const start = from + day * DAY_MS;
    const firstOf = (at: number) => Math.min(rows, Math.ceil((at - from) / stepMs));
    const end = firstOf(start + DAY_MS);
    for (let first = firstOf(start); first < end; first += BATCH) {
      const made = `${requests(from, stepMs)} WHERE s.n < ${Math.min(BATCH, end - first)}`.replaceAll(
        ':first',
        String(first),
      );
      await database.run(
        `INSERT INTO RequestLog (${Object.keys(REQUEST).join(', ')}) SELECT ${valuesOf(REQUEST)} FROM (${made}) r`,
      );
      await database.run(
        `INSERT INTO ErrorLog (${Object.keys(ERROR).join(', ')}) SELECT ${valuesOf(ERROR)} FROM (${made}) r
          WHERE status IN (429, 500) OR attemptCount = 2`,
      );
    }
    for (const statement of statistics(start, now)) await database.run(statement);
    onDay(day + 1);
  }
  for (const statement of sums(now)) await database.run(statement);
  for (const table of NAMES) await database.run(`DROP TABLE ${table}`);
}

const NAMES = ['bench_n', 'bench_key', 'bench_token'];

/** What rows choose from, numbered. */
async function names({ run }: FilledDatabase): Promise<void> {
  for (const table of NAMES) await run(`DROP TABLE IF EXISTS ${table}`);
  await run('CREATE TABLE bench_n (n BIGINT PRIMARY KEY)');
  await run('INSERT INTO bench_n VALUES (0)');
  for (let n = 1; n < BATCH; n *= 2) await run(`INSERT INTO bench_n SELECT n + ${n} FROM bench_n`);
  await run(`CREATE TABLE bench_key AS
    SELECT ROW_NUMBER() OVER (ORDER BY k.id) - 1 AS n, k.id, k.hint, p.slug,
      DENSE_RANK() OVER (ORDER BY p.slug) - 1 AS place
    FROM ApiKey k JOIN Provider p ON p.id = k.providerId`);
  await run(`CREATE TABLE bench_token AS
    SELECT ROW_NUMBER() OVER (ORDER BY id) - 1 AS n, id, hint FROM ClientToken`);
  for (const table of ['bench_key', 'bench_token']) await run(`CREATE INDEX ${table}_n ON ${table} (n)`);
}

/** Numbers that look like chance, the same each time. */
const chance = (multiplier: number, below: number | string) =>
  `((:first + s.n) * ${multiplier} % 2147483647 % ${below})`;

/** What tells one request from another. */
function requests(from: number, stepMs: number): string {
  const at = `(${from} + CAST(FLOOR((:first + s.n) * ${stepMs.toFixed(6)}) AS BIGINT))`;
  const fate = chance(1_812_433_253, 1_000);
  const byFate = (values: readonly (readonly [number, string])[]) =>
    `CASE ${values.map(([below, value]) => `WHEN ${fate} < ${below} THEN ${value}`).join(' ')} END`;
  const fates = (of: (fate: (typeof FATES)[number]) => string) =>
    byFate(FATES.map((one) => [one.below, of(one)]));
  return `SELECT :first + s.n AS n, ${at} AS at, k.id AS keyId, k.hint AS keyHint, k.slug AS provider,
      CONCAT('model-', k.place * ${MODELS_OF_PROVIDER} + ${chance(69_621, MODELS_OF_PROVIDER)}) AS model,
      t.hint AS token, CONCAT('proxy-', ${chance(1_566_083_941, PROXIES)}) AS egressId,
      ${fates(({ status }) => String(status))} AS status, ${fates(({ outcome }) => `'${outcome}'`)} AS outcome,
      CASE WHEN ${chance(742_938_285, 50)} = 0 THEN 2 ELSE 1 END AS attemptCount,
      20 + ${chance(950_706_376, 40)} * ${chance(1_226_874_159, 60)} AS ttfbMs,
      100 + ${chance(62_089_911, 90)} * ${chance(1_343_714_438, 90)} AS durationMs,
      ${chance(630_360_016, 4_000)} AS promptTokens
    FROM bench_n s JOIN bench_key k ON k.n = ${chance(1_583_458_089, '(SELECT COUNT(*) FROM bench_key)')}
      JOIN bench_token t ON t.n = ${chance(784_588_716, '(SELECT COUNT(*) FROM bench_token)')}`;
}

const FATES = [
  { below: 930, status: 200, outcome: 'success' },
  { below: 960, status: 429, outcome: 'rate_limited' },
  { below: 975, status: 500, outcome: 'upstream_error' },
  { below: 985, status: 499, outcome: 'client_closed' },
  { below: 995, status: 400, outcome: 'client_error' },
  { below: 1_000, status: 200, outcome: 'cut' },
] as const;

/** As the program makes them: nine digits of time, five of a count, and six of the process. */
const ID = `CONCAT(${[...digits('at', 9), ...digits('n', 5)].join(', ')}, 'b0a7d5')`;

/** The digits to the base of 36, one by one. */
function digits(number: string, length: number): string[] {
  return Array.from(
    { length },
    (_, place) =>
      `SUBSTR('${DIGITS}', CAST(${number} / ${36 ** (length - 1 - place)} % 36 AS INTEGER) + 1, 1)`,
  );
}

const REQUEST_ID = `CONCAT('req_5d0c1e7f2a', SUBSTR(CAST(100000000 + n AS CHAR(9)), 2, 8))`;
const UPSTREAM_ID = `CONCAT('chatcmpl-', ${digits('(n * 1103515245 % 2147483647)', 6).join(', ')}, 'BqD6u3YrVw')`;
const ATTEMPT = `CONCAT('{"provider":"', provider, '","keyId":"', keyId, '","keyHint":"', keyHint, '","egressId":"',
  egressId, '","egressHint":"http://10.20.30.40:3128","policy":"headroom","keys":100,"candidates":97,"skipped":[],',
  '"skippedMore":0,"startMs":1,"durationMs":', durationMs, ',"verdict":"', outcome, '","status":', status,
  ',"upstreamId":"', ${UPSTREAM_ID}, '"}')`;

const REQUEST = {
  id: ID,
  at: 'at',
  requestId: REQUEST_ID,
  method: "'POST'",
  endpoint: "'/chat/completions'",
  model: 'model',
  isStream: 'n % 2 = 0',
  provider: 'provider',
  keyId: 'keyId',
  keyHint: 'keyHint',
  egressId: 'egressId',
  token: 'token',
  status: 'status',
  outcome: 'outcome',
  errorCode: "CASE WHEN outcome <> 'success' THEN outcome END",
  errorMessage: "CASE WHEN outcome <> 'success' THEN 'The provider has said that this does not go now' END",
  attemptCount: 'attemptCount',
  attempts: `CONCAT('{"attempts":[', ${ATTEMPT}, CASE WHEN attemptCount = 2 THEN CONCAT(',', ${ATTEMPT}) ELSE '' END,
    '],"skippedProviders":[],"waits":[]}')`,
  ttfbMs: 'ttfbMs',
  durationMs: 'durationMs',
  promptTokens: 'promptTokens',
  cachedTokens: '0',
  completionTokens: 'durationMs / 10',
  reasoningTokens: 'NULL',
  costNano: 'promptTokens * 150',
  requestBytes: 'promptTokens * 4',
  responseBytes: 'durationMs * 2',
  upstreamId: UPSTREAM_ID,
  modelAsked: 'NULL',
  route: 'NULL',
};

const ERROR = {
  id: `CONCAT(SUBSTR(${ID}, 1, 14), 'e0a7d5')`,
  at: 'at + 50',
  requestId: REQUEST_ID,
  requestLogId: ID,
  provider: 'provider',
  keyId: 'keyId',
  keyHint: 'keyHint',
  egressId: 'egressId',
  model: 'model',
  endpoint: "'/chat/completions'",
  status: 'CASE WHEN status = 500 THEN 500 ELSE 429 END',
  verdict: "CASE WHEN status = 500 THEN 'upstream_error' ELSE 'rate_limited' END",
  message: "'The provider has said that this does not go now'",
  upstreamBody: `'{"error":{"message":"Rate limit reached for requests","type":"requests","code":"rate_limit_exceeded"}}'`,
  requestBody: 'NULL',
  upstreamId: UPSTREAM_ID,
};

function valuesOf(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([name, value]) => `${value} AS ${name}`)
    .join(', ');
}

/** Since the job has last run, which it does every hour. */
const UNSUMMED_MS = 40 * 60_000;

/** What becomes of statistics with age: how long each resolution is kept, and how long its buckets are. */
const KINDS = [
  {
    keyId: "''",
    token: "''",
    steps: [
      ['minute', 60_000, UNSUMMED_MS],
      ['all_ms', 60_000, 48 * HOUR_MS],
      ['all_hs', HOUR_MS, Infinity],
    ],
  },
  {
    keyId: 'l.keyId',
    token: "''",
    steps: [
      ['key_min', 60_000, UNSUMMED_MS],
      ['key_ms', 60_000, 2 * HOUR_MS],
      ['key_hs', HOUR_MS, Infinity],
    ],
  },
  { keyId: "''", token: 't.id', steps: coarser('tok') },
  { keyId: 'l.egressId', token: 'l.outcome', steps: coarser('att') },
] as const;

function coarser(name: string) {
  return [
    [`${name}_min`, 60_000, UNSUMMED_MS],
    [`${name}_ms`, 60_000, 2 * HOUR_MS],
    [`${name}_qs`, HOUR_MS / 4, 48 * HOUR_MS],
    [`${name}_hs`, HOUR_MS, 8 * DAY_MS],
    [`${name}_6s`, 6 * HOUR_MS, Infinity],
  ] as const;
}

/** What the job has made of them, a statement for each length of the sums. */
function sums(now: number): string[] {
  return Object.values(CHAINS).flatMap(({ summed, sums: levels, without }) =>
    levels.map((level) => {
      const columns = {
        resolution: `'${level.resolution}'`,
        bucketStart: `l.bucketStart - l.bucketStart % ${level.lengthMs}`,
        provider: without.includes('provider') ? "''" : 'l.provider',
        keyId: 'l.keyId',
        model: without.includes('model') ? "''" : 'l.model',
        statusClass: 'l.statusClass',
        token: 'l.token',
        ...Object.fromEntries(Object.keys(SUMS).map((column) => [column, `${foldOf(column)}(l.${column})`])),
      };
      const youngest = level.ageMs === Infinity ? 0 : now - level.ageMs - DAY_MS;
      return `INSERT INTO UsageRollup (${Object.keys(columns).join(', ')}) SELECT ${valuesOf(columns)}
        FROM UsageRollup l WHERE l.resolution IN ('${summed.join("', '")}') AND l.bucketStart >= ${youngest}
        GROUP BY 1, 2, 3, 4, 5, 6, 7`;
    }),
  );
}

const foldOf = (column: string) =>
  column === 'latencyMinMs' ? 'MIN' : column === 'latencyMaxMs' ? 'MAX' : 'SUM';

/** The statistics of one day's rows, a statement for each kind. */
function statistics(start: number, now: number): string[] {
  return KINDS.map(({ keyId, token, steps }) => {
    // A bucket is moved when it is over and old enough, as a whole bucket of the next length.
    const younger = steps.map(([, , keptMs], place) => {
      const lengthMs = steps[place + 1]?.[1];
      return lengthMs === undefined ? 'TRUE' : `l.at >= ${Math.floor((now - keptMs) / lengthMs) * lengthMs}`;
    });
    const byAge = (of: (step: (typeof steps)[number]) => string) =>
      `CASE ${steps.map((step, place) => `WHEN ${younger[place] ?? 'TRUE'} THEN ${of(step)}`).join(' ')} END`;
    const buckets = {
      resolution: byAge(([name]) => `'${name}'`),
      bucketStart: byAge(([, lengthMs]) => `l.at - l.at % ${lengthMs}`),
      provider: 'l.provider',
      keyId,
      model: 'l.model',
      statusClass: STATUS_CLASS,
      token,
    };
    return `INSERT INTO UsageRollup (${[...Object.keys(buckets), ...Object.keys(SUMS)].join(', ')})
      SELECT ${valuesOf(buckets)}, ${valuesOf(SUMS)}
      FROM RequestLog l JOIN bench_token t ON t.hint = l.token
      WHERE l.at >= ${start} AND l.at < ${start + DAY_MS} GROUP BY 1, 2, 3, 4, 5, 6, 7`;
  });
}

const STATUS_CLASS = `CASE WHEN l.status = 429 THEN '429' WHEN l.status = 499 THEN '499'
  WHEN l.status < 400 AND l.outcome = 'success' THEN '2xx'
  WHEN l.status < 500 AND (l.status >= 400 OR l.outcome IN ('${CLIENT_OUTCOMES.join("', '")}')) THEN '4xx'
  WHEN l.status >= 500 THEN '5xx' ELSE 'broken' END`;

const LATENCIES = Object.fromEntries(
  [...LATENCY_BOUNDS_MS, Infinity].map((bound, place) => {
    const tests = [
      ...(bound === Infinity ? [] : [`l.durationMs <= ${bound}`]),
      ...(place === 0 ? [] : [`l.durationMs > ${LATENCY_BOUNDS_MS[place - 1] ?? 0}`]),
    ];
    const column = bound === Infinity ? 'latencyMore' : `latency${bound}`;
    return [column, `COUNT(CASE WHEN ${tests.join(' AND ')} THEN 1 END)`];
  }),
);

const SUMS = {
  requests: 'COUNT(*)',
  attempts: 'SUM(l.attemptCount)',
  failedAttempts: "SUM(l.attemptCount - CASE WHEN l.outcome = 'success' THEN 1 ELSE 0 END)",
  promptTokens: 'SUM(l.promptTokens)',
  cachedTokens: '0',
  completionTokens: 'SUM(l.completionTokens)',
  costNano: 'SUM(l.costNano)',
  unpriced: '0',
  durationMsSum: 'SUM(l.durationMs)',
  ttfbMsSum: 'SUM(l.ttfbMs)',
  ttfbCount: 'COUNT(*)',
  ...LATENCIES,
  latencyMinMs: 'MIN(l.durationMs)',
  latencyMaxMs: 'MAX(l.durationMs)',
  rescued: "COUNT(CASE WHEN l.outcome = 'success' AND l.attemptCount = 2 THEN 1 END)",
};
