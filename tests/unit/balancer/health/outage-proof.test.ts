import { expect, it } from 'vitest';
import { proofOf, type Proof } from '../../../../lib/balancer/health/outage-proof';
import type { FailureKind, SeenFailure } from '../../../../lib/balancer/health/outage';
import type { Outcome } from '../../../../lib/balancer/attempts/verdict';
import { answered, says } from '../support';

const seen = (kind: FailureKind, status?: number): SeenFailure => ({
  kind,
  status,
  detail: undefined,
  model: 'm',
  asks: undefined,
});
const OK = answered(200);
const LOST: Outcome = { kind: 'lost', message: 'reset' };
const NO_PROXY: Outcome = { kind: 'dial_failed', at: 'egress', message: 'refused' };

it.each<[string, Outcome, SeenFailure, isLike: boolean, isWhole: boolean, Proof]>([
  [
    'the same status from keys that fail alike',
    answered(401),
    seen('keys_alike', 401),
    true,
    true,
    'failing',
  ],
  ['another status from them', answered(403), seen('keys_alike', 401), true, true, 'back'],
  ['the same status of another failure', answered(401), seen('status', 401), true, true, 'back'],
  ['a failure', answered(500), seen('status', 500), true, true, 'failing'],
  ['a lost connection', LOST, seen('keys_alike', 401), false, false, 'failing'],
  ['a proxy that is not there', NO_PROXY, seen('status', 500), true, true, 'nothing'],
  ['a firewall', says('egress', { status: 403 }), seen('status', 500), true, true, 'nothing'],
  ['any answer of one that was unreachable', answered(400), seen('unreachable'), false, false, 'back'],
  ['an answer of another kind', OK, seen('status', 500), false, true, 'there'],
  ['an answer of the same kind', OK, seen('status', 500), true, false, 'back'],
  ['a whole answer where they broke off', OK, seen('broke_off'), true, true, 'back'],
  ['half an answer where they broke off', OK, seen('broke_off'), true, false, 'failing'],
  ['a rejection where they broke off', answered(400), seen('broke_off'), true, false, 'there'],
])('%s proves its part', (_, outcome, failure, isLike, isWhole, proof) => {
  expect(proofOf({ outcome, detail: undefined, isLike, isWhole }, failure)).toBe(proof);
});
