import { currentRuntime } from './current';

/** The gateway as a route handler, where no `server.mjs` stands before Next. */
export function answer(request: Request): Promise<Response> {
  return currentRuntime().front.handleWeb(request);
}
