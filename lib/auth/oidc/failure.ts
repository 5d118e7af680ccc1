/** Why signing in at the provider did not work, as the sign-in page says it. */
export const OIDC_FAILURES = [
  'unreachable',
  'certificate',
  'unfit',
  'refused',
  'stale',
  'no_role',
  'failed',
] as const;
export type OidcFailure = (typeof OIDC_FAILURES)[number];

/** The provider cannot be used; `code` is for the log, and holds nothing that it has said. */
export class OidcError extends Error {
  constructor(
    readonly failure: OidcFailure,
    readonly code: string,
  ) {
    super(code);
  }
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|^ERR_TLS|^ERR_SSL|^EPROTO$/;
const NETWORK = /^(E[A-Z]{4,}|EAI_\w+|UND_ERR_\w+|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE|answer_too_large)$/;

/** By the error's code or its first words; those of the library of next-auth, and of OAuth (RFC 6749, 5.2). */
const WORDS: readonly (readonly [RegExp, OidcFailure])[] = [
  [/^outgoing request timed out/, 'unreachable'],
  [/cookie was missing|could not be parsed|^(state|nonce) m|^checks\.state|^invalid_grant/i, 'stale'],
  [/^(access_denied|login_required|interaction_required|consent_required|server_error)/, 'refused'],
  [/^(temporarily_unavailable|expected 200 OK, got: 5)/, 'unreachable'],
  [/^status_|JWT|id_token|azp|iss|aud|expected|Unexpected|JSON|userinfo|sub /, 'unfit'],
];

/** What a failure of the library, of the network or of our own stands for. Never throws. */
export function failureOf(error: unknown): OidcFailure {
  const { failure, code, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  const known = OIDC_FAILURES.find((one) => one === failure);
  if (known !== undefined) return known;
  if (typeof code === 'string' && CERTIFICATE.test(code)) return 'certificate';
  if (typeof code === 'string' && NETWORK.test(code)) return 'unreachable';
  const said = typeof message === 'string' ? message : '';
  return WORDS.find(([words]) => words.test(said))?.[1] ?? 'failed';
}

/** For the log: the code of an error, else its first words, without any value that it was about. */
export function problemOf(error: unknown): string {
  const { code, message } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code === 'string' && /^\w{1,60}$/.test(code)) return code;
  return /^[\w .'-]{1,100}/.exec(typeof message === 'string' ? message : '')?.[0].trim() ?? '';
}
