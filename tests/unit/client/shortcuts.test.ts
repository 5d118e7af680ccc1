import { describe, expect, test } from 'vitest';
import { createShortcuts, GO_MS, letterOf, type Press } from '../../../lib/client/shortcuts';
import { goLetters, pageOfLetter } from '../../../components/commands/go-letters';

const plain: Press = {
  key: '',
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  repeat: false,
  isTyping: false,
  isCovered: false,
  at: 0,
};
const press = (key: string, more: Partial<Press> = {}): Press => ({ ...plain, key, ...more });
const shortcuts = (options: { isMac?: boolean; isOn?: boolean } = {}) =>
  createShortcuts({ isMac: options.isMac ?? false, hasSingleKeys: () => options.isOn ?? true });

test.each([
  ['?', 'help'],
  ['？', 'help'],
  ['/', 'search'],
  ['／', 'search'],
  ['j', 'rows'],
  ['k', 'rows'],
])('%s means %s', (key, kind) => expect(shortcuts()(press(key))).toEqual({ kind }));

test('the palette opens by Ctrl+K, on a Mac by Cmd+K alone, wherever one is', () => {
  const everywhere = { isTyping: true, isCovered: true };
  const off = { isOn: false };
  expect(shortcuts(off)(press('k', { ctrlKey: true, ...everywhere }))).toEqual({ kind: 'palette' });
  expect(shortcuts()(press('K', { ctrlKey: true }))).toEqual({ kind: 'palette' });
  expect(shortcuts({ isMac: true })(press('k', { metaKey: true }))).toEqual({ kind: 'palette' });
  expect(shortcuts({ isMac: true })(press('k', { ctrlKey: true }))).toBeUndefined();
  expect(shortcuts()(press('k', { metaKey: true }))).toBeUndefined();
  expect(shortcuts()(press('k', { ctrlKey: true, altKey: true }))).toBeUndefined();
  expect(shortcuts()(press('k', { ctrlKey: true, isComposing: true }))).toBeUndefined();
});

describe('single keys mean nothing', () => {
  test.each([
    ['while typing', { isTyping: true }],
    ['under a dialog', { isCovered: true }],
    ['while an input method composes', { isComposing: true }],
    ['with Ctrl', { ctrlKey: true }],
    ['with Cmd', { metaKey: true }],
    ['with Alt', { altKey: true }],
    ['held down', { repeat: true }],
  ])('%s', (_, more) => {
    for (const key of ['?', '/', 'j']) expect(shortcuts()(press(key, more))).toBeUndefined();
  });

  test('where they are turned off', () => {
    const off = shortcuts({ isOn: false });
    for (const key of ['?', '/', 'j', 'g', 'l']) expect(off(press(key))).toBeUndefined();
  });
});

describe('g and a letter', () => {
  test('lead to a page, also with Shift between them', () => {
    const shortcutOf = shortcuts();
    expect(shortcutOf(press('g'))).toBeUndefined();
    expect(shortcutOf(press('Shift'))).toBeUndefined();
    expect(shortcutOf(press('K', { at: 900 }))).toEqual({ kind: 'go', letter: 'k' });
  });

  test('belong together for a moment only, and for one letter', () => {
    const shortcutOf = shortcuts();
    shortcutOf(press('g'));
    expect(shortcutOf(press('l', { at: GO_MS + 1 }))).toBeUndefined();
    shortcutOf(press('g', { at: 5_000 }));
    expect(shortcutOf(press('l', { at: 5_001 }))).toEqual({ kind: 'go', letter: 'l' });
    expect(shortcutOf(press('l', { at: 5_002 }))).toBeUndefined();
  });

  test('do not belong together when the letter is typed into a field', () => {
    const shortcutOf = shortcuts();
    shortcutOf(press('g'));
    expect(shortcutOf(press('l', { isTyping: true, at: 1 }))).toBeUndefined();
    expect(shortcutOf(press('l', { at: 2 }))).toBeUndefined();
  });

  test('each letter leads to one page', () => {
    const letters = Object.values(goLetters);
    expect(new Set(letters).size).toBe(letters.length);
    expect(pageOfLetter('l')).toBe('logs');
    expect(pageOfLetter('q')).toBeUndefined();
  });
});

test('on a keyboard with other letters the place of the key counts, and signs mean themselves', () => {
  expect(letterOf({ key: 'л', code: 'KeyK' })).toBe('k');
  expect(letterOf({ key: 'j', code: 'KeyC' })).toBe('j');
  expect(letterOf({ key: '?', code: 'KeyM' })).toBeUndefined();
  expect(letterOf({ key: 'Enter', code: 'Enter' })).toBeUndefined();
});
