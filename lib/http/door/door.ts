import { IncomingMessage, type ServerResponse } from 'node:http';
import { isAllowedMethod } from '../../gateway/request/methods';
import { hasBody, letBodyCome } from '../../gateway/body/unread-body';
import { tidyForwarded } from './host';
import { tidyPageHeaders } from '../pages/page-headers';
import { allowedAt, placeOf, type Place } from './places';
import { envelopeOf, notAllowed, refuse, type Refusal } from './refusal';
import { pathnameOf } from './request-target';
import { readSmallBody, withBody } from './small-body';

/** What the door asks of the house. */
export interface DoorParts {
  /** Undefined if the sender may use the admin API. Never rejects. */
  readonly refusalOf: (req: IncomingMessage, signal: AbortSignal) => Promise<Refusal | undefined>;
  readonly onBug: (error: unknown) => void;
}

type Admit = (req: IncomingMessage) => void;

/**
 * Decides about everything outside the gateway before Next sees it: by one table, which methods a path takes and how
 * many bytes from whom. What is refused is refused before its body is read; what is admitted has its body whole, and
 * small.
 */
export class Door {
  constructor(private readonly parts: DoorParts) {}

  /** Either refuses, or calls `admit` with a request that may be believed. Never throws. */
  handle(req: IncomingMessage, res: ServerResponse, admit: Admit): void {
    const pathname = pathnameOf(req.url ?? '/');
    const method = req.method ?? 'GET';
    const unreadable = unreadablePart(pathname, req.url ?? '/');
    if (unreadable !== undefined) {
      return refuse(req, res, invalidPath(unreadable, envelopeOf(pathname) === 'admin'));
    }
    tidyForwarded(req.headers);
    tidyPageHeaders(req.headers);
    const place = placeOf(pathname, method);
    const refusal = this.#refusalOf(pathname, method, place);
    if (refusal !== undefined) return refuse(req, res, refusal);
    const isNowhere = place.methods.length === 0;
    // Next has pages of its own that are not wanted here; it only gets the paths that the table names.
    if (isNowhere && !place.isForAdmins) req.url = NO_PAGE;
    if (!hasBody(req) && !(isNowhere && place.isForAdmins)) return admit(req);
    this.#examine(req, place, res).then(
      (result) => {
        if (result instanceof IncomingMessage) admit(result);
        else if (result !== undefined) refuse(req, res, result);
      },
      (error: unknown) => {
        this.parts.onBug(error);
        refuse(req, res, { status: 500, code: 'internal_error', message: 'The program made a mistake.' });
      },
    );
  }

  #refusalOf(pathname: string, method: string, { methods, isForAdmins }: Place): Refusal | undefined {
    if (!isAllowedMethod(method)) return notAllowed(allowedAt(pathname));
    if (ELSEWHERE.test(pathname)) return envelopeOf(pathname) === 'admin' ? NO_ENDPOINT : NOWHERE;
    if (methods.length > 0) return methods.includes(method) ? undefined : notAllowed(allowedAt(pathname));
    if (isForAdmins) return undefined;
    return isRead(method) ? undefined : NOWHERE;
  }

  /** The request with what it carries, or why not; undefined if the client has gone. */
  async #examine(
    req: IncomingMessage,
    place: Place,
    res: ServerResponse,
  ): Promise<IncomingMessage | Refusal | undefined> {
    if (place.isForAdmins) {
      const gone = new AbortController();
      res.once('close', () => gone.abort());
      const refusal = await this.parts.refusalOf(req, gone.signal);
      if (refusal !== undefined) return refusal;
      if (place.methods.length === 0) return NO_ENDPOINT;
    }
    const result = await readSmallBody(req, place.bodyBytesMax, place.bodyMs, () => letBodyCome(req, res));
    if (result.ok) return withBody(req, result.body);
    if (result.reason === 'client_closed') return undefined;
    return result.reason === 'too_slow' ? TOO_SLOW : tooLarge(place.bodyBytesMax);
  }
}

/** Next would lead these to other addresses, or make other paths of them. */
const ELSEWHERE = /\/\/|\\|\/(?:\.|%2e){1,2}(?:\/|$)/i;
/** Leads to the catch-all route, which has a page for mistyped addresses. */
const NO_PAGE = '/no/such/page';
/** Where an OpenID provider leads back to. */
const OIDC_CALLBACK = '/api/auth/callback/oidc';
const NO_ENDPOINT: Refusal = { status: 404, code: 'not_found', message: 'There is no such endpoint.' };
const NOWHERE: Refusal = {
  status: 404,
  code: 'unknown_path',
  message: 'There is no such path. The API is below /v1.',
};
const TOO_SLOW: Refusal = {
  status: 408,
  code: 'request_timeout',
  message: 'The request did not arrive in time.',
};

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function tooLarge(bytesMax: number): Refusal {
  const message =
    bytesMax === 0
      ? 'Nothing may be sent here.'
      : `The body is larger than the ${bytesMax} bytes allowed here.`;
  return { status: 413, code: 'body_too_large', message };
}

function invalidPath(part: string, isOfAdmin: boolean): Refusal {
  return {
    status: 400,
    code: isOfAdmin ? 'invalid_input' : 'invalid_path',
    message: `The ${part} cannot be read.`,
  };
}

/** Signing in carries parts of the query into headers. Elsewhere Next and the admin API read what is readable of it. */
function unreadablePart(pathname: string, url: string): 'path' | 'query' | undefined {
  if (!isReadable(pathname)) return 'path';
  if (!pathname.startsWith('/api/auth/')) return undefined;
  const query = url.slice(pathname.length);
  if (!isReadable(query)) return 'query';
  // Of what a provider says in its own language, nothing goes any further.
  if (pathname === OIDC_CALLBACK) return undefined;
  return /^[\x20-\x7e]*$/.test(decodeURIComponent(query)) ? undefined : 'query';
}

/** Printable, and made of UTF-8. */
function isReadable(text: string): boolean {
  if (/[^\x21-\x7e]/.test(text)) return false;
  try {
    return !decodeURIComponent(text).includes('\0');
  } catch {
    return false;
  }
}
