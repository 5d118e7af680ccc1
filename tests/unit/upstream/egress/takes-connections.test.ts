import { describe, expect, it } from 'vitest';
import { takesConnections } from '../../../../lib/upstream/egress/takes-connections';
import { deadPort, startEcho } from '../small-proxies';

describe('an address takes connections', () => {
  it.each(['http', 'https', 'socks5', 'socks5h'])('if somebody listens there: %s', async (scheme) => {
    expect(await takesConnections(`${scheme}://u:p@127.0.0.1:${await startEcho()}`, 5_000)).toBe(true);
  });

  it('and not if nobody does', async () => {
    expect(await takesConnections(`http://127.0.0.1:${await deadPort()}`, 5_000)).toBe(false);
  });

  it('and not if its name leads nowhere', async () => {
    expect(await takesConnections('socks5://nowhere.invalid:1', 5_000)).toBe(false);
  });

  it('is asked for at the brackets of IPv6 too', async () => {
    expect(await takesConnections(`http://[::1]:${await deadPort()}`, 5_000)).toBe(false);
  });
});
