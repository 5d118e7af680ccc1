import type { z } from 'zod';

type Shape = z.ZodObject;

/** A body of the admin API, unless its endpoint says otherwise: 1 MB. */
export const BODY_BYTES_MAX = 2 ** 20;

/** One method of one address of the admin API: what goes in and what comes out. */
export interface Endpoint<
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/admin`, with `{id}` for a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** What the body may weigh; default `BODY_BYTES_MAX`. */
  readonly bodyBytesMax?: number;
  /** The JSON answer; absent where the answer is a file or an event stream, which is one of `contentTypes`. */
  readonly answer?: Answer;
  readonly contentTypes?: readonly string[];
  /** It asks a provider, whose failure is told with 502. */
  readonly asksProvider?: boolean;
}

type OutputOf<S> = S extends z.ZodType ? z.output<S> : unknown;
type InputOf<S> = S extends z.ZodType ? z.input<S> : unknown;

type PartsOf<E> = {
  [Part in 'params' | 'query' | 'body']: E extends Readonly<Record<Part, infer S>> ? S : unknown;
};

/** Everything that a verb is given: parameters, query and body in one object, checked. */
export type EndpointInput<E> = OutputOf<PartsOf<E>['params']> &
  OutputOf<PartsOf<E>['query']> &
  OutputOf<PartsOf<E>['body']>;

/** What a caller may send, before defaults are filled in. */
export type EndpointParams<E> = InputOf<PartsOf<E>['params']>;
export type EndpointQuery<E> = InputOf<PartsOf<E>['query']>;
export type EndpointBody<E> = InputOf<PartsOf<E>['body']>;

/** What a caller gets. */
export type EndpointAnswer<E> = E extends { readonly answer: infer S extends z.ZodType }
  ? z.output<S>
  : never;

/** Keeps the exact types of the parts. */
export function endpoint<const E extends Endpoint>(definition: E): E {
  return definition;
}
