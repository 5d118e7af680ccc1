import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCipher } from '../../../../lib/store/secrets/cipher';

const key = Buffer.alloc(32, 1);
const cipher = createCipher(key);
const decryptFailed = expect.objectContaining({ code: 'decrypt_failed' }) as Error;

describe('the cipher', () => {
  it('opens what it sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(cipher.open(cipher.seal(text, 'key:1'), 'key:1')).toBe(text);
      }),
    );
  });

  it('never seals the same text to the same bytes, nor leaves it readable', () => {
    const [a, b] = [cipher.seal('sk-secret', 'key:1'), cipher.seal('sk-secret', 'key:1')];
    expect(a.equals(b)).toBe(false);
    expect(a.includes('secret')).toBe(false);
  });

  it('refuses a text that was changed in any byte or cut', () => {
    const sealed = cipher.seal('sk-secret', 'key:1');
    for (let i = 0; i < sealed.length; i += 1) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(() => cipher.open(changed, 'key:1')).toThrow(decryptFailed);
      expect(() => cipher.open(sealed.subarray(0, i), 'key:1')).toThrow(decryptFailed);
    }
  });

  it('refuses a text that was sealed for another row', () => {
    expect(() => cipher.open(cipher.seal('sk-secret', 'key:1'), 'key:2')).toThrow(decryptFailed);
  });

  it('refuses another encryption key and tells nothing of the text', () => {
    const other = createCipher(Buffer.alloc(32, 2));
    const open = () => other.open(cipher.seal('sk-secret', 'key:1'), 'key:1');
    expect(open).toThrow(decryptFailed);
    expect(open).not.toThrow(/secret/);
  });

  it('looks equal texts up under equal marks, and no others', () => {
    expect(cipher.lookup('sk-a').equals(createCipher(Buffer.from(key)).lookup('sk-a'))).toBe(true);
    expect(cipher.lookup('sk-a').equals(cipher.lookup('sk-A'))).toBe(false);
    expect(cipher.lookup('sk-a').equals(createCipher(Buffer.alloc(32, 2)).lookup('sk-a'))).toBe(false);
    expect(cipher.lookup('sk-a')).toHaveLength(32);
  });

  it('refuses an encryption key that is not 32 bytes long', () => {
    expect(() => createCipher(Buffer.alloc(31))).toThrow(decryptFailed);
  });
});

describe('a cipher that knows old keys', () => {
  const newer = createCipher(Buffer.alloc(32, 2), [key, Buffer.alloc(32, 3)]);

  it('opens what they sealed, seals with the present one, and tells the two apart', () => {
    const old = cipher.seal('sk-secret', 'key:1');
    const present = newer.seal('sk-secret', 'key:1');
    expect(newer.open(old, 'key:1')).toBe('sk-secret');
    expect(newer.open(present, 'key:1')).toBe('sk-secret');
    expect([newer.isCurrent(old), newer.isCurrent(present)]).toEqual([false, true]);
    expect(() => cipher.open(present, 'key:1')).toThrow(decryptFailed);
  });

  it('holds texts of old keys to their context too', () => {
    expect(() => newer.open(cipher.seal('sk-secret', 'key:1'), 'key:2')).toThrow(decryptFailed);
  });

  it('looks things up by the present key alone', () => {
    expect(newer.lookup('sk-secret').equals(cipher.lookup('sk-secret'))).toBe(false);
    expect(newer.lookup('sk-secret').equals(createCipher(Buffer.alloc(32, 2)).lookup('sk-secret'))).toBe(
      true,
    );
  });
});
