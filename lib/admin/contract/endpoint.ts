import type { z } from 'zod';
import type { Role } from '../../auth/role';
import { ENDPOINT_ROLES } from './roles';
import { addressOf, type AddressOf, type EndpointMethod, type EndpointName } from './addresses';

type Shape = z.ZodObject;

/** What goes into an endpoint and what comes out. */
interface Definition {
  readonly summary: string;
  readonly params?: Shape;
  readonly query?: Shape;
  readonly body?: Shape;
  /** A body, where one with each of its fields would be refused. */
  readonly example?: object;
  /** The JSON answer; absent where the answer is a file or an event stream, which is one of `contentTypes`. */
  readonly answer?: z.ZodType;
  readonly contentTypes?: readonly string[];
  /** It asks a provider, whose failure is told with 502. */
  readonly asksProvider?: boolean;
}

/** One method of one address of the admin API. */
export interface Endpoint extends Definition {
  readonly name: EndpointName;
  readonly method: EndpointMethod;
  /** Below `/api/admin`, with `{id}` for a parameter. */
  readonly path: string;
  /** That everybody needs for it; what is asked for may need more, see `roleNeeded`. */
  readonly role: Role;
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

type Part<Name extends string, T> = unknown extends T ? unknown : { readonly [N in Name]: T };

/** What an endpoint has to be given; nothing for those that take nothing. */
export type EndpointCall<E> = Part<'params', EndpointParams<E>> &
  Part<'query', EndpointQuery<E>> &
  Part<'body', EndpointBody<E>>;

/** What a caller gets. */
export type EndpointAnswer<E> = E extends { readonly answer: infer S extends z.ZodType }
  ? z.output<S>
  : never;

/** The endpoint of that name, with the exact types of its parts. */
export function endpoint<const N extends EndpointName, const D extends Definition>(
  name: N,
  definition: D,
): D & AddressOf<N> & { readonly name: N; readonly role: Role } {
  return { name, role: ENDPOINT_ROLES[name], ...(addressOf(name) as AddressOf<N>), ...definition };
}
