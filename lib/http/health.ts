import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TroubleChecks } from '../process/troubles';

export interface Readiness {
  readonly isReady: boolean;
  readonly checks: {
    readonly database: 'ok' | 'failing';
    readonly gateway: 'ok' | 'draining';
    /** Where instances share by Redis: it is away since then, and nothing that a client sees changes. */
    readonly shared?: 'ok' | `local since ${string}`;
  } & TroubleChecks;
}

interface HealthAnswer {
  readonly status: number;
  readonly body: object;
}

/** The process is alive. */
export const HEALTHY: HealthAnswer = { status: 200, body: { status: 'ok' } };

/** The gateway can do its work: the database answers, nothing of its own runs out, and it is not stopping. */
export function readyAnswer({ isReady, checks }: Readiness): HealthAnswer {
  return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'not ready', checks } };
}

/**
 * Answers GET /health and GET /ready itself; false, having touched nothing, for the rest. They are asked for every few
 * seconds, and the first request that Next serves makes every later one of the gateway dearer, by the async hooks that
 * it switches on.
 */
export function handleHealth(
  readiness: () => Promise<Readiness>,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  const [path] = req.url?.split('?', 1) ?? [];
  if (path === '/health') send(HEALTHY, req, res);
  else if (path === '/ready') void readiness().then((state) => send(readyAnswer(state), req, res));
  else return false;
  return true;
}

function send({ status, body }: HealthAnswer, req: IncomingMessage, res: ServerResponse): void {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  res.writeHead(status, { ...headers, 'cache-control': 'no-store' });
  res.end(req.method === 'HEAD' ? undefined : text);
}
