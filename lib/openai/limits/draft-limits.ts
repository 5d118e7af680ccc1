import type { SeenLimit } from '../../balancer/limits/seen-limits';

/** A limit as a header tells it, before anybody asks whether that makes sense. */
export interface ToldLimit {
  readonly of: SeenLimit['of'];
  readonly spanMs: number | undefined;
  readonly limit: string | undefined;
  readonly remaining: string | undefined;
  readonly reset: string | undefined;
}

const TEXT_MAX = 500;
const LIMITS_MAX = 8;

/**
 * The headers of draft-ietf-httpapi-ratelimit-headers: `RateLimit: "day";r=50;t=3600` with
 * `RateLimit-Policy: "day";q=100;w=86400`, and before its version 8 `limit=100, remaining=50, reset=5` with
 * `100;w=60`. A policy of other things than requests and tokens is left out.
 */
export function draftLimits(header: string, policyHeader: string): readonly ToldLimit[] {
  const text = header.slice(0, TEXT_MAX);
  const policyText = policyHeader.slice(0, TEXT_MAX);
  const items = itemsOf(text);
  if (items.length === 0) return earlierLimits(text, policyText);
  const policies = new Map(itemsOf(policyText).map(({ name, of }) => [name, of]));
  return items.flatMap(({ name, of: rate }) => {
    const policy = policies.get(name);
    const unit = policy?.get('qu') ?? (name.includes('token') ? 'tokens' : 'requests');
    if (unit !== 'requests' && unit !== 'tokens') return [];
    return [
      {
        of: unit,
        spanMs: secondsMs(policy?.get('w')),
        limit: policy?.get('q'),
        remaining: rate.get('r'),
        reset: rate.get('t'),
      },
    ];
  });
}

/**
 * The limit and its span out of the older `RateLimit-Limit: 10, 10;w=1, 50;w=60`: the first is the one that the other
 * headers speak of. A text without policies comes back as it is.
 */
export function withPolicy(text: string): { readonly limit: string; readonly spanMs: number | undefined } {
  const first = /^(\d+)\s*,/.exec(text)?.[1];
  if (first === undefined || !text.includes(';')) return { limit: text, spanMs: undefined };
  const window = new RegExp(`(?:^|[\\s,])${first}\\s*;\\s*w=(\\d+)`).exec(text.slice(0, TEXT_MAX))?.[1];
  return { limit: first, spanMs: secondsMs(window) };
}

interface Item {
  readonly name: string;
  readonly of: ReadonlyMap<string, string>;
}

const ITEM = /"([^"]{1,64})"((?:\s*;\s*[a-z]+=(?:"[^"]*"|[\w.:+/-]*))+)/gi;
const PARAMETER = /;\s*([a-z]+)=(?:"([^"]*)"|([\w.:+/-]*))/gi;

function itemsOf(text: string): Item[] {
  return [...text.matchAll(ITEM)].slice(0, LIMITS_MAX).map(([, name = '', parameters = '']) => ({
    name: name.toLowerCase(),
    of: new Map(
      [...parameters.matchAll(PARAMETER)].map(([, parameter = '', quoted, bare]) => [
        parameter.toLowerCase(),
        quoted ?? bare ?? '',
      ]),
    ),
  }));
}

function earlierLimits(text: string, policyText: string): readonly ToldLimit[] {
  const value = (name: string) => new RegExp(`(?:^|[\\s,;])${name}=(\\d+)`, 'i').exec(text)?.[1];
  const limit = value('limit');
  const remaining = value('remaining');
  if (limit === undefined && remaining === undefined) return [];
  const { spanMs } = withPolicy(`${limit ?? ''}, ${policyText}`);
  return [{ of: 'requests', spanMs, limit, remaining, reset: value('reset') }];
}

function secondsMs(text: string | undefined): number | undefined {
  return text === undefined || !/^\d{1,8}$/.test(text) || Number(text) === 0
    ? undefined
    : Number(text) * 1000;
}
