import { hasZeroByte, printfOf, shellWord } from '../../lib/client/shell';

export interface CurlInput {
  /** The gateway's own address, without a slash at its end. */
  readonly origin: string;
  /** Slug of the provider whose address is asked; undefined asks below `/v1`. */
  readonly provider: string | undefined;
  readonly method: string;
  /** What follows `/v1`. */
  readonly endpoint: string;
  readonly model: string | null;
  readonly isStream: boolean;
  /** As it was recorded; undefined where it was not. */
  readonly body: string | undefined;
}

/** Stands where the client token has to be put. */
export const TOKEN_PLACE = 'YOUR_TOKEN';

/** Endpoints that take a form with a file, and the field of that. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/^\/audio\/(?:transcriptions|translations)$/, 'file'],
  [/^\/images\/(?:edits|variations)$/, 'image'],
  [/^\/files$/, 'file'],
  [/^\/uploads\/[^/]+\/parts$/, 'data'],
];
const GOOGLE_CALL = /^\/(?:models|tunedModels)\/[^/]+:\w+$/;

/** A command that sends the request again. Without its body there is what is known of that: the model. */
export function curlCommand(input: CurlInput): string {
  const { origin, provider, method, endpoint } = input;
  const url = `${origin}${gatewayPath(provider, endpoint)}`;
  const { flags, pipe } = payloadOf(input);
  const lines = [
    [
      'curl',
      ...(method === 'HEAD' ? ['--head'] : needsMethod(method, flags) ? ['-X', wordOf(method)] : []),
      // curl itself gives these a meaning.
      ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
      shellWord(url),
    ].join(' '),
    `-H ${shellWord(`Authorization: Bearer ${TOKEN_PLACE}`)}`,
    ...flags,
  ];
  return `${pipe}${lines.join(' \\\n  ')}`;
}

/** Where a request went at the gateway. Its query is not known. */
export function gatewayPath(provider: string | undefined, endpoint: string): string {
  const version = GOOGLE_CALL.test(endpoint) ? '/v1beta' : '/v1';
  return `${provider === undefined ? '' : `/${provider}`}${version}${endpoint}`;
}

const wordOf = (text: string) => (/^[A-Z]+$/.test(text) ? text : shellWord(text));

/** curl asks with GET, and with POST where there is something to send. */
function needsMethod(method: string, flags: readonly string[]): boolean {
  return method !== (flags.length === 0 ? 'GET' : 'POST');
}

interface Payload {
  readonly flags: readonly string[];
  /** What stands before the command. */
  readonly pipe: string;
}

function payloadOf({ method, endpoint, model, isStream, body }: CurlInput): Payload {
  if (method === 'GET' || method === 'HEAD' || (method === 'DELETE' && body === undefined)) {
    return { flags: [], pipe: '' };
  }
  const file = FORMS.find(([path]) => path.test(endpoint))?.[1];
  if (file !== undefined && method === 'POST') {
    // With `-F` a model that begins with @ would be a file.
    const named = model === null ? [] : [`--form-string ${shellWord(`model=${model}`)}`];
    return { flags: [...named, `-F ${shellWord(`${file}=@FILE`)}`], pipe: '' };
  }
  const text = body ?? knownBody(endpoint, model, isStream);
  if (text === undefined) return { flags: [], pipe: '' };
  const json = "-H 'Content-Type: application/json'";
  return hasZeroByte(text)
    ? { flags: [json, '--data-binary @-'], pipe: `${printfOf(text)} | ` }
    : { flags: [json, `--data-raw ${shellWord(text)}`], pipe: '' };
}

function knownBody(endpoint: string, model: string | null, isStream: boolean): string | undefined {
  if (model === null) return undefined;
  const isChat = endpoint === '/chat/completions';
  return JSON.stringify({
    model,
    ...(isChat && { messages: [{ role: 'user', content: 'Hello' }] }),
    ...(isStream && { stream: true }),
  });
}
