import { EventEmitter, once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import pino from 'pino';
import type { RequestTrace } from '../../../lib/balancer/attempts/trace';
import { savedStateOf } from '../../../lib/balancer/pool/key-state';
import {
  defaultSettings,
  isSettingName,
  parseSetting,
  settingsFrom,
  type Settings,
} from '../../../lib/config/settings';
import { handleWeb } from '../../../lib/gateway/web';
import { steadyClock } from '../../../lib/process/system-ports';
import { createRecorder } from '../../../lib/runtime/events/recorder';
import type { ErrorLogRow, RequestLogRow } from '../../../lib/store/rows';
import { keyRow, startGateway } from '../../support/gateway';
import { waitFor } from '../../support/wait-for';
import type { ErrorLog, Key, Raw, RequestLog } from './database';
import type { FaceRequest, IncomingAnswer, WithId } from './face';
import type { Program } from './faces';

/**
 * The gateway as Next's route handlers call it: a `Request` goes in and a `Response` comes out. There is no server, no
 * database and no job around it; what it records is kept as the rows that the database would get.
 */
export function startInProcess(
  env: Readonly<Record<string, string>>,
  close: (stop: () => Promise<void>) => void,
): Program {
  let output = '';
  let rows = 0;
  const requests: RequestLogRow[] = [];
  const errors: ErrorLogRow[] = [];
  const recorded = new EventEmitter();
  const settings = settingsOf(env);
  const { gateway } = startGateway(settings, {
    close,
    recorder: createRecorder({
      writer: {
        request: (row) => {
          requests.push(row);
          // Its rows of the error log come within the same turn.
          setImmediate(() => recorded.emit('request'));
        },
        error: (row) => void errors.push(row),
        usage: () => undefined,
      },
      logger: pino({ base: undefined }, { write: (line: string) => void (output += line) }),
      newId: () => String((rows += 1)),
      mayKeepRequestBody: () => settings.ERROR_LOG_RECORD_REQUEST_BODY,
    }),
  });
  const ofRequest = ({ headers }: WithId) => {
    const requestId = String(headers['x-request-id']);
    return (row: { readonly requestId: string }): boolean => row.requestId === requestId;
  };
  const whenRecorded = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await once(recorded, 'request');
    }
  };
  return {
    fetch: async (path, request) => {
      const response = await handleWeb(gateway, requestOf(path, request));
      const { signal } = request;
      // Who has left gets nothing.
      signal?.throwIfAborted();
      const incoming = incomingOf(response);
      signal?.addEventListener('abort', () => incoming.destroy(new Error('the client has left')));
      return incoming;
    },
    stdout: () => output,
    readLog: async (answer) => {
      const row = await whenRecorded(() => requests.find(ofRequest(answer)));
      return { ...raw(row), trace: JSON.parse(row.attempts) as RequestTrace } satisfies RequestLog;
    },
    readErrors: (answer, count) =>
      whenRecorded(() => {
        const found = errors.filter(ofRequest(answer));
        return found.length >= count ? found.map((row): ErrorLog => raw(row)) : undefined;
      }),
    readKey: (provider, secret, isAsWanted) =>
      waitFor(
        () => {
          const keys = gateway.config.providers.get(provider)?.pool.keys ?? [];
          const state = keys.find(({ config }) => config.secret === secret);
          if (state === undefined) throw new Error(`there is no key ${secret}`);
          const { disabled, cooldownUntil, modelCooldowns, ...saved } = savedStateOf(
            state,
            steadyClock.now(),
          );
          const key: Key = {
            ...raw(keyRow(provider, secret, state.config.weight)),
            ...saved,
            isDisabled: disabled === undefined ? 0 : 1,
            disabledBy: disabled?.by ?? null,
            reason: disabled?.reason ?? null,
            cooldownUntil: cooldownUntil === 0 ? null : cooldownUntil,
            modelCooldowns: JSON.stringify(modelCooldowns),
            lastUsedAt: saved.lastUsedAt ?? null,
            lastErrorAt: saved.lastErrorAt ?? null,
            lastErrorStatus: saved.lastErrorStatus ?? null,
          };
          return isAsWanted(key) ? key : undefined;
        },
        { intervalMs: 1, what: "the key's state" },
      ),
  };
}

function settingsOf(env: Readonly<Record<string, string>>): Settings {
  for (const name in env) if (!isSettingName(name)) throw new Error(`there is no setting ${name}`);
  return settingsFrom((name) => {
    const text = env[name];
    if (text === undefined) return defaultSettings[name];
    const parsed = parseSetting(name, text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.value;
  });
}

/** As SQLite gives it. */
function raw<Row extends object>(row: Row): Raw<Row> {
  const values = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'boolean' ? Number(value) : value,
  ]);
  return Object.fromEntries(values) as Raw<Row>;
}

function requestOf(path: string, { method, headers, body, signal }: FaceRequest): Request {
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  // A `Request` cannot have a body with these; a server would not have it read either.
  const isBodiless = method === 'GET' || method === 'HEAD';
  return new Request(`http://gateway.test${path}`, {
    method,
    headers: pairs,
    ...(signal !== undefined && { signal }),
    ...(!isBodiless &&
      body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
}

function incomingOf(response: Response): IncomingAnswer {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of response.headers) headers[name] = value;
  const body =
    response.body === null
      ? Readable.from([])
      : Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  const incoming = Object.assign(body, {
    statusCode: response.status,
    headers,
    rawHeaders: [...response.headers].flat(),
    complete: false,
  });
  body.on('end', () => (incoming.complete = true));
  // Whoever reads it is told all the same.
  return incoming.on('error', () => undefined);
}
