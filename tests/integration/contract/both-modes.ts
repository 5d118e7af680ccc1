import { afterAll, afterEach, beforeEach, describe } from 'vitest';
import {
  startServer,
  type RunningServer,
  type ServerMode,
  type StartServerOptions,
} from '../../support/server';

export const CLIENT_TOKEN = 'client-token';
export const ADMIN_TOKEN = 'admin-token';

/**
 * Starts the built program with `ALLOWED_TOKENS` = CLIENT_TOKEN and `AUTH_TOKEN` = ADMIN_TOKEN unless told otherwise.
 * Values that are not strings are written as JSON. Started within a test, it is stopped after that test, else after the
 * describe.
 */
export type Start = (
  env?: Readonly<Record<string, unknown>>,
  options?: Omit<StartServerOptions, 'env' | 'mode'>,
) => Promise<RunningServer>;

/** One contract, two ways to run the program: the same tests in a describe for each. */
export function inBothModes(title: string, define: (start: Start, mode: ServerMode) => void): void {
  describe.each<ServerMode>(['server.mjs', 'next'])(`${title} (%s)`, (mode) => {
    define(useStart(mode), mode);
  });
}

/** For what no adapter has a part in, or what takes long: the way the program is run in production. */
export function inProductionMode(title: string, define: (start: Start) => void): void {
  describe(title, () => define(useStart('server.mjs')));
}

function useStart(mode: ServerMode): Start {
  const ofDescribe: RunningServer[] = [];
  const ofTest: RunningServer[] = [];
  let isInTest = false;

  beforeEach(() => void (isInTest = true));
  afterEach(async () => {
    isInTest = false;
    await stopAll(ofTest);
  });
  afterAll(() => stopAll(ofDescribe));

  return async (env = {}, options = {}) => {
    const owner = isInTest ? ofTest : ofDescribe;
    const settings = { ALLOWED_TOKENS: CLIENT_TOKEN, AUTH_TOKEN: ADMIN_TOKEN, ...env };
    const server = await startServer({ ...options, mode, env: asText(settings) });
    owner.push(server);
    return server;
  };
}

async function stopAll(servers: RunningServer[]): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
}

function asText(env: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
