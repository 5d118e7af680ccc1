import { describe, expect, it } from 'vitest';
import { methodOf, operationOf, providerName, routeOf } from '../../../lib/tracing/gen-ai';

describe('the operation', () => {
  it.each([
    ['POST', '/chat/completions', 'chat'],
    ['POST', '/responses', 'chat'],
    ['POST', '/completions/', 'text_completion'],
    ['POST', '/embeddings', 'embeddings'],
    ['POST', '/images/generations', 'generate_content'],
    ['POST', '/files', undefined],
    ['POST', '/responses/resp_1/cancel', undefined],
    ['GET', '/chat/completions', undefined],
  ])('of %s %s is %s', (method, path, operation) => {
    expect(operationOf(method, path)).toBe(operation);
  });
});

describe('the provider', () => {
  it.each([
    ['api.openai.com', 'openai'],
    ['my.openai.azure.com', 'azure.ai.openai'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'aws.bedrock'],
    ['api.groq.com', 'groq'],
    ['notapi.groq.com', 'mine'],
    ['api.groq.com.example.org', 'mine'],
    ['', 'mine'],
  ])('at "%s" is called %s', (host, name) => {
    expect(providerName(host, 'mine')).toBe(name);
  });
});

describe('the route', () => {
  it.each([
    ['/chat/completions', '/v1/chat/completions'],
    ['/files/file-abc/content', '/v1/files/{id}/content'],
    ['/fine_tuning/jobs/ftjob-1/events', '/v1/fine_tuning/jobs/{id}/events'],
    ['/models/meta/llama-3/70b', '/v1/models/{id}'],
    ['/made-up/by/a/client', '/v1/{path}'],
    ['/', '/v1/{path}'],
    [`/files${'/a'.repeat(50)}`, '/v1/{path}'],
  ])('of %s is %s', (path, route) => {
    expect(routeOf(path)).toBe(route);
  });
});

it('a method that was made up is none of its own', () => {
  expect(methodOf('PATCH')).toBe('PATCH');
  expect(methodOf('BREW')).toBe('_OTHER');
});
