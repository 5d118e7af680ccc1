import { describe, expect, it } from 'vitest';
import { idOf, isListPath, objectPath, queryReferences } from '../../../../lib/openai/objects/object-paths';

describe('a path', () => {
  it.each([
    ['/files', 'files', [], false],
    ['/files/', 'files', [], false],
    ['/files/file-1', 'files', ['file-1'], true],
    ['/files/file-1/', 'files', ['file-1'], true],
    ['/files/file-1/content', 'files', ['file-1'], false],
    ['/fine_tuning/jobs/ftjob-1/events', 'fine_tuning/jobs', ['ftjob-1'], false],
    ['/threads/thread_1/runs/run_1/steps/step_1', 'threads', ['thread_1', 'run_1', 'step_1'], false],
    ['/threads/runs', 'threads', [], false],
    ['/responses/compact', 'responses', [], false],
    ['/chat/completions/chatcmpl-1/messages', 'chat/completions', ['chatcmpl-1'], false],
    ['/videos/edits', 'videos', [], false],
    ['/videos/characters/char_1', 'videos', ['char_1'], true],
    ['/fine_tuning/alpha/graders/run', 'fine_tuning/alpha/graders', [], false],
    ['/skills/skill_1/versions/latest', 'skills', ['skill_1'], false],
    ['/skills/skill_1/versions/100/content', 'skills', ['skill_1'], false],
    ['/agents/agent_1', 'agents', ['agent_1'], true],
    ['/agents/sessions/sess_1/turns/turn_1/items', 'agents/sessions', ['sess_1', 'turn_1'], false],
    ['/agents/environments/templates/tmpl_1', 'agents/environments/templates', ['tmpl_1'], true],
    ['/audio/voices/voice_1', 'audio/voices', ['voice_1'], true],
    ['/live/sessions/sess_1/fork', 'live/sessions', ['sess_1'], false],
    ['/vaults/vault_1/credentials/cred_1', 'vaults', ['vault_1', 'cred_1'], false],
    ['/batch/jobs', 'batch/jobs', [], false],
    ['/batch/jobs/job-1/cancel', 'batch/jobs', ['job-1'], false],
    ['/agents/completions', 'agents', [], false],
    ['/videos/generations', 'videos', [], false],
    ['/libraries/lib-1/documents/doc-1', 'libraries', ['lib-1', 'doc-1'], false],
    ['/sessions/sesn_1/events/stream', 'sessions', ['sesn_1'], false],
    ['/video/generations/jobs/task_1', 'video/generations/jobs', ['task_1'], true],
    ['/video/generations/gen_1/content/video', 'video/generations', ['gen_1'], false],
    ['/files/a%20b', 'files', [], false],
    ['/files/file%2D1', 'files', ['file-1'], true],
  ])('%s is about objects', (path, root, ids, isWhole) => {
    expect(objectPath(path)).toEqual({ root, ids, isWhole });
  });

  it.each(['/models', '/audio/speech', '/agentsmith', '/filesystem/x', '/chat', '/embeddings', '/', ''])(
    '%s is about none',
    (path) => {
      expect(objectPath(path)).toBeUndefined();
    },
  );

  it.each([
    ['/files', true],
    ['/files/', true],
    ['/fine_tuning/jobs', true],
    ['/files/file-1', false],
    ['/vector_stores/vs_1/files', false],
    ['/agents/sessions', true],
    ['/agents/sessions/sess_1', false],
    ['/threads', false],
    ['/threads/runs', false],
  ])('%s: each key has a list there: %j', (path, isList) => {
    const asked = objectPath(path);
    expect(asked !== undefined && isListPath(asked, path)).toBe(isList);
  });
});

it('a query names objects, and its cursors are none', () => {
  expect(queryReferences('?thread_id=thread_1&limit=3&after=file-2&conversation=conv%5F3')).toEqual([
    'thread_1',
    'conv_3',
  ]);
  expect(queryReferences('')).toEqual([]);
});

it('an id has 3 to 255 visible characters', () => {
  expect([idOf('ab'), idOf('abc'), idOf('a c'), idOf('x'.repeat(256)), idOf('%zz'), idOf('é€x')]).toEqual([
    undefined,
    'abc',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
