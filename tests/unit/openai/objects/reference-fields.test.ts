import { describe, expect, it } from 'vitest';
import { fieldReferences, isReferenceField } from '../../../../lib/openai/objects/reference-fields';

const NAMES = [
  'file_id',
  'file_ids[]',
  'file_ids[0]',
  'a[b][file_id]',
  'video[id]',
  'conversation',
  'prompt[id]',
  'input_files[]',
];
const OTHERS = [
  'file',
  'id',
  'video',
  'prompt',
  'prompt[version]',
  'metadata[x]',
  'metadata[file_id]',
  '',
  '[]',
  '[id]',
  'x[id]',
];

describe('a field of a form', () => {
  it.each(NAMES)('names an object: %s', (name) => {
    expect(isReferenceField(name)).toBe(true);
    expect(fieldReferences(new Map([[name, ['file-1']]]))).toEqual(['file-1']);
  });

  it.each(OTHERS)('names none: %s', (name) => {
    expect(isReferenceField(name)).toBe(false);
    expect(fieldReferences(new Map([[name, ['file-1']]]))).toBeUndefined();
  });
});

describe('the references of a form', () => {
  it('begin with what it cannot do without, each once, and are ids alone', () => {
    const fields = new Map([
      ['file_ids[]', ['file-1', 'file-2', 'not an id']],
      ['file_id', ['file-1']],
      ['thread_id', ['thread_1']],
    ]);
    expect(fieldReferences(fields)).toEqual(['thread_1', 'file-1', 'file-2']);
  });

  it('are at most 64', () => {
    const ids = Array.from({ length: 100 }, (_, index) => `file-${index}`);
    expect(fieldReferences(new Map([['file_ids[]', ids]]))).toHaveLength(64);
  });
});
