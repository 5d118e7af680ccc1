import { z } from 'zod';
import { emailAddress } from './address';
import { issuerOf, providerOf, type OidcSettings } from './settings';

/** Who has signed in at the provider: all that the session keeps of it. */
export const oidcIdentity = z.object({
  /** Where: see `providerOf`. */
  provider: z.string(),
  subject: z.string(),
  /** To show; whoever it is may have chosen it. */
  name: z.string(),
  /** Only one that the provider does not call unverified. */
  email: z.string().optional(),
  /** Values of the claim that the settings named when the session began. */
  values: z.array(z.string()),
});
export type OidcIdentity = z.infer<typeof oidcIdentity>;

/** OpenID Connect Core 1.0, section 2. */
const SUBJECT_BYTES_MAX = 255;
/**
 * As JSON. With name and address they fit into one cookie of 4 KB, of which encryption takes a third: a session in two
 * cookies would be none, see `readSession`.
 */
const SUBJECT_JSON_BYTES_MAX = 514;
const VALUES_BYTES_MAX = 1200;
const NAME_CHARACTERS_MAX = 80;

const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).refine(isSubject),
  name: z.unknown().optional(),
  preferred_username: z.unknown().optional(),
  email: z.unknown().optional(),
  email_verified: z.unknown().optional(),
});

/**
 * Who the claims of an ID token, and of the provider's answer about its user, speak of. Undefined if they are from
 * another issuer, or name no subject or one that is too long.
 */
export function identityOf(claims: unknown, settings: OidcSettings): OidcIdentity | undefined {
  const read = claimsSchema.safeParse(claims);
  if (!read.success || issuerOf(read.data.iss) !== issuerOf(settings.OIDC_ISSUER)) return undefined;
  const { sub, email_verified: isVerified, ...said } = read.data;
  const written = emailAddress(said.email);
  const isTrusted = isVerified === undefined || isVerified === true || isVerified === 'true';
  const email = isTrusted ? written : undefined;
  return {
    provider: providerOf(settings),
    subject: sub,
    name:
      textOf(said.name, NAME_CHARACTERS_MAX) ??
      textOf(said.preferred_username, NAME_CHARACTERS_MAX) ??
      textOf(written, NAME_CHARACTERS_MAX) ??
      shortened(lineOf(sub) || sub.replace(NO_SIGN, '_'), NAME_CHARACTERS_MAX),
    ...(email !== undefined && { email }),
    values: valuesThatMatter(claimAt(claims, settings.OIDC_ROLES_CLAIM), settings),
  };
}

const PERSON_CHARACTERS_MAX = 120;
/** What is neither a letter, a digit nor a sign that one can see; lone surrogates too. */
const NO_SIGN = /[^\p{L}\p{M}\p{N}\p{P}\p{S}]|\p{Default_Ignorable_Code_Point}/gu;

/**
 * What nobody can choose for themselves, for the audit list: the verified e-mail address, else `sub:` and the subject,
 * which may look like an address that nobody has verified.
 */
export function personOf({ email, subject }: OidcIdentity): string {
  return shortened((email ?? `sub:${subject}`).replace(NO_SIGN, '_'), PERSON_CHARACTERS_MAX);
}

/** What stands under a name, or under a path such as `realm_access.roles`; a name with dots in it goes first. */
function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined;
  if (Object.hasOwn(claims, path)) return (claims as Record<string, unknown>)[path];
  const dots = [...path.matchAll(/\./g)].map(({ index }) => index);
  for (const dot of dots) {
    const outer = path.slice(0, dot);
    if (!Object.hasOwn(claims, outer)) continue;
    return claimAt((claims as Record<string, unknown>)[outer], path.slice(dot + 1));
  }
  return undefined;
}

/** Of a list, or of one text, what the settings name: those of the strongest role first, and no more than fits. */
function valuesThatMatter(claim: unknown, settings: OidcSettings): string[] {
  const said = new Set(typeof claim === 'string' ? [claim] : Array.isArray(claim) ? claim : []);
  const { OIDC_ADMINS, OIDC_OPERATORS, OIDC_VIEWERS } = settings;
  const values: string[] = [];
  let bytes = 0;
  for (const entry of new Set([...OIDC_ADMINS, ...OIDC_OPERATORS, ...OIDC_VIEWERS])) {
    const more = bytesOf(entry) + 1;
    if (!said.has(entry) || bytes + more > VALUES_BYTES_MAX) continue;
    values.push(entry);
    bytes += more;
  }
  return values;
}

function isSubject(text: string): boolean {
  return Buffer.byteLength(text) <= SUBJECT_BYTES_MAX && bytesOf(text) <= SUBJECT_JSON_BYTES_MAX;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/** With a sign that there is more. */
function shortened(text: string, charactersMax: number): string {
  const isWhole = text.length <= charactersMax;
  return isWhole ? text : `${text.slice(0, charactersMax - 1).replace(/\p{Cs}$/u, '')}…`;
}

const SPACE = /[\p{Cc}\p{Z}]+/gu;
/** Marks that turn the direction of a line, and others without a shape; lone surrogates. */
const SHAPELESS = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** In one line, without what cannot be seen. */
function lineOf(text: string): string {
  return text.replace(SHAPELESS, '').replace(SPACE, ' ').trim();
}

/** One line that is not too long; undefined for anything else: a part of it could read as something else. */
function textOf(value: unknown, charactersMax: number): string | undefined {
  const line = typeof value === 'string' ? lineOf(value) : '';
  return line === '' || line.length > charactersMax ? undefined : line;
}
