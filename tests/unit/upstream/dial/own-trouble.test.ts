import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../../lib/upstream/egress/egress-error';
import { outcomeOfError } from '../../../../lib/upstream/dial/failure';
import { ownTroubleOf } from '../../../../lib/upstream/dial/own-trouble';

const coded = (code: string, message = `connect ${code} 10.0.0.1:443`) =>
  Object.assign(new Error(message), { code });

describe('what a failed dial says of ourselves', () => {
  it.each([
    ['EMFILE', 'descriptors'],
    ['ENFILE', 'descriptors'],
    ['ENOMEM', 'memory'],
    ['ENOBUFS', 'memory'],
    ['EADDRNOTAVAIL', 'ports'],
    ['EAI_AGAIN', 'names'],
  ])('%s is a want of %s here', (code, shortage) => {
    expect(ownTroubleOf(coded(code))).toBe(shortage);
    // However deep it lies, and where a library has kept the words alone.
    expect(ownTroubleOf(new EgressError('egress', 'the proxy did not connect', coded(code)))).toBe(shortage);
    expect(ownTroubleOf(new EgressError('egress', 'no way', new Error(`connect ${code} 10.0.0.1:443`)))).toBe(
      shortage,
    );
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET', 'UND_ERR_CONNECT_TIMEOUT', 'constructor'])(
    '%s is not our own',
    (code) => {
      expect(ownTroubleOf(coded(code))).toBeUndefined();
    },
  );

  it('of several addresses all must have failed for our want', () => {
    const tried = (...codes: string[]) =>
      Object.assign(coded(codes[0] ?? ''), { errors: codes.map((code) => coded(code)) });
    expect(ownTroubleOf(tried('EMFILE', 'EMFILE'))).toBe('descriptors');
    // A machine without IPv6 whose provider on localhost is down.
    expect(ownTroubleOf(tried('EADDRNOTAVAIL', 'ECONNREFUSED'))).toBeUndefined();
  });

  it('is nothing that can be told by an upstream in its words', () => {
    expect(ownTroubleOf(new Error('the proxy answered: connect EMFILE'))).toBeUndefined();
    for (const odd of [undefined, null, 'EMFILE', 1]) expect(ownTroubleOf(odd)).toBeUndefined();
  });

  it('makes the outcome ours, unless the request had reached a connection', () => {
    expect(outcomeOfError(coded('EMFILE'), false)).toEqual({
      kind: 'own_trouble',
      shortOf: 'file descriptors',
      message: 'connect EMFILE 10.0.0.1:443',
    });
    expect(outcomeOfError(coded('ENOMEM'), true)).toMatchObject({ kind: 'lost' });
    expect(outcomeOfError(coded('ECONNREFUSED'), false)).toMatchObject({ kind: 'dial_failed' });
  });
});
