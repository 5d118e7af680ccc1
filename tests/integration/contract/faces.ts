import { afterAll, afterEach, beforeEach, describe, inject } from 'vitest';
import {
  startServer,
  type RunningServer,
  type ServerMode,
  type StartServerOptions,
} from '../../support/server';
import { readErrorLogs, readKey, readRequestLog, type ErrorLog, type Key, type RequestLog } from './database';
import { httpFace, type Face, type WithId } from './face';
import { startInProcess } from './in-process';

export const CLIENT_TOKEN = 'client-token';
export const ADMIN_TOKEN = 'admin-token';

/** The two servers, and the gateway alone, called in this process through the way in of Next's route handlers. */
export type FaceName = ServerMode | 'in process';

declare module 'vitest' {
  interface ProvidedContext {
    /** Those of the project: see vitest.config.ts. */
    readonly faces: readonly FaceName[];
  }
}

/** The program as all its faces show it. */
export interface Program extends Face {
  /** What it has written so far. */
  stdout(): string;
  /** What the log tells of the request that got this answer. */
  readLog(answer: WithId): Promise<RequestLog>;
  /** The error log's rows of that request, once there are so many. */
  readErrors(answer: WithId, count: number): Promise<ErrorLog[]>;
  /** What is kept of a provider's key once that satisfies the predicate. */
  readKey(provider: string, secret: string, isAsWanted: (key: Key) => boolean): Promise<Key>;
}

/** The program as a process of its own. */
export type ServedProgram = RunningServer & Program;

type Env = Readonly<Record<string, unknown>>;

/**
 * Starts the built program with `ALLOWED_TOKENS` = CLIENT_TOKEN and `AUTH_TOKEN` = ADMIN_TOKEN unless told otherwise.
 * Values that are not strings are written as JSON. Started within a test, it is stopped after that test, else after
 * the describe.
 */
export type Start = (env?: Env, options?: Omit<StartServerOptions, 'env' | 'mode'>) => Promise<ServedProgram>;

/** The same for any face. */
export type StartAny = (env?: Env) => Promise<Program>;

/** One contract, whichever face the gateway shows: the same tests in a describe for each that the project has. */
export function inEveryFace(title: string, define: (start: StartAny, face: FaceName) => void): void {
  describe.each(inject('faces'))(`${title} (%s)`, (face) => {
    define(face === 'in process' ? useInProcess() : useServer(face), face);
  });
}

/** For what needs the whole program: its sockets, its process, its database or its admin API. */
export function inBothModes(title: string, define: (start: Start, mode: ServerMode) => void): void {
  const modes = inject('faces').filter((face) => face !== 'in process');
  describe.each(modes)(`${title} (%s)`, (mode) => {
    define(useServer(mode), mode);
  });
}

/** For what no adapter has a part in, or what takes long: the way the program is run in production. */
export function inProductionMode(title: string, define: (start: Start) => void): void {
  if (!inject('faces').includes('server.mjs')) return;
  describe(title, () => define(useServer('server.mjs')));
}

/** What only a program of its own has: an address, a process. A test that asks for it has to skip the face in process. */
export function served(program: Program): ServedProgram {
  if ('pid' in program) return program as ServedProgram;
  throw new Error('there is no server in process');
}

function useServer(mode: ServerMode): Start {
  const owned = useOwner();
  return async (env = {}, options = {}) => {
    const stop = owned();
    const server = await startServer({ ...options, mode, env: asText(withTokens(env)) });
    stop(() => server.stop());
    const { dataDir } = server;
    return Object.assign<RunningServer, Omit<Program, 'stdout'>>(server, {
      ...httpFace(server.url),
      readLog: (answer) => readRequestLog(dataDir, answer),
      readErrors: (answer, count) => readErrorLogs(dataDir, answer, count),
      readKey: (provider, secret, isAsWanted) => readKey(dataDir, provider, secret, isAsWanted),
    });
  };
}

function useInProcess(): StartAny {
  const owned = useOwner();
  return (env = {}) => Promise.resolve(startInProcess(asText(withTokens(env)), owned()));
}

type Stop = () => Promise<unknown>;

/** Who stops what is started now: the test, or else the describe. */
function useOwner(): () => (stop: Stop) => void {
  const ofDescribe: Stop[] = [];
  const ofTest: Stop[] = [];
  let isInTest = false;

  beforeEach(() => void (isInTest = true));
  afterEach(async () => {
    isInTest = false;
    await stopAll(ofTest);
  });
  afterAll(() => stopAll(ofDescribe));

  return () => {
    const owner = isInTest ? ofTest : ofDescribe;
    return (stop) => void owner.push(stop);
  };
}

async function stopAll(stops: Stop[]): Promise<void> {
  await Promise.all(stops.splice(0).map((stop) => stop()));
}

function withTokens(env: Env): Env {
  // What a refusal looks like is asked far more often than how waiting goes.
  return { ALLOWED_TOKENS: CLIENT_TOKEN, AUTH_TOKEN: ADMIN_TOKEN, WAIT_SECONDS: 0, ...env };
}

function asText(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
