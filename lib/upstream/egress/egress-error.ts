/**
 * Something went wrong between us and an upstream that is reached through an egress proxy. `at` says on which side of
 * the proxy. Messages never hold the proxy's user or password.
 */
export class EgressError extends Error {
  readonly code = 'EGRESS_FAILED';

  constructor(
    readonly at: 'egress' | 'upstream',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** On which side of its proxy a connection failed; undefined if the error does not come from there. */
export function egressFailureAt(error: unknown): 'egress' | 'upstream' | undefined {
  const { code, at } = (error instanceof Object ? error : {}) as { code?: unknown; at?: unknown };
  return code === 'EGRESS_FAILED' && (at === 'egress' || at === 'upstream') ? at : undefined;
}
