import { describe, expect, it } from 'vitest';
import { readStartupSettings } from '../../../lib/config/startup';
import { tracingOptions } from '../../../lib/tracing/options';

const OWN = { 'service.version': '1.2.3' };
const AT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

function optionsOf(environment: Readonly<Record<string, string>>) {
  const read = readStartupSettings(environment, {});
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return tracingOptions(read.settings, OWN);
}

describe('tracing', () => {
  it('is off unless an address is set, and where the standard variables turn it off', () => {
    expect(optionsOf({})).toBeUndefined();
    expect(optionsOf({ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
    expect(optionsOf({ ...AT, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
    expect(optionsOf({ ...AT, OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
  });

  it('has the defaults of the specification, but for smaller batches', () => {
    expect(optionsOf(AT)).toEqual({
      url: 'http://collector:4318/v1/traces',
      isJson: false,
      headers: {},
      timeoutMs: 10_000,
      attributes: { 'service.name': 'openai-balance', ...OWN },
      sampler: 'parentbased_always_on',
      ratio: 1,
      batch: { delayMs: 5_000, timeoutMs: 30_000, queueMax: 2_048, batchMax: 128 },
    });
  });

  it('goes to the address of traces as it is, and else below the common one', () => {
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'https://traces.example.com/in';
    expect(optionsOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })?.url).toBe('https://traces.example.com/in');
    expect(optionsOf({ ...AT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })?.url).toBe(
      'https://traces.example.com/in',
    );
    expect(optionsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a.example.com/otlp/' })?.url).toBe(
      'https://a.example.com/otlp/v1/traces',
    );
  });

  it('tells of the service what the variables say, its name above all', () => {
    const OTEL_RESOURCE_ATTRIBUTES = 'service.name=one,deployment.environment.name=a%2Cb, service.version=9';
    expect(optionsOf({ ...AT, OTEL_RESOURCE_ATTRIBUTES })?.attributes).toEqual({
      'service.name': 'one',
      'deployment.environment.name': 'a,b',
      'service.version': '9',
    });
    expect(
      optionsOf({ ...AT, OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: 'two' })?.attributes['service.name'],
    ).toBe('two');
  });

  it('never makes batches that the queue cannot hold', () => {
    expect(optionsOf({ ...AT, OTEL_BSP_MAX_QUEUE_SIZE: '10' })?.batch.batchMax).toBe(10);
  });

  it('reads headers with percent-encoded values', () => {
    const OTEL_EXPORTER_OTLP_HEADERS = 'authorization=Bearer%20a%3Db, x-team=blue,';
    expect(optionsOf({ ...AT, OTEL_EXPORTER_OTLP_HEADERS })?.headers).toEqual({
      authorization: 'Bearer a=b',
      'x-team': 'blue',
    });
  });
});

describe('a start is refused', () => {
  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'must be one of http/protobuf, http/json, got "grpc"'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'must be one of always_on'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'must be a number from 0 to 1'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'must start with http:// or https://'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '10s', 'must be a whole number'],
    [
      'OTEL_RESOURCE_ATTRIBUTES',
      'production',
      'must be attributes such as name=value,name=value with percent-encoded values',
    ],
    ['OTEL_SDK_DISABLED', 'perhaps', 'must be true or false'],
  ])('by %s=%s', (name, value, message) => {
    expect(() => optionsOf({ [name]: value })).toThrow(`${name}: ${message}`);
  });

  it.each(['secret', 'a b=secret', 'authorization=%secret', 'a=secret%0a', '__proto__=secret'])(
    'by the headers %s, which are not shown',
    (OTEL_EXPORTER_OTLP_HEADERS) => {
      expect(() => optionsOf({ OTEL_EXPORTER_OTLP_HEADERS })).toThrow(
        /^OTEL_EXPORTER_OTLP_HEADERS: must be headers such as (?!.*secret).*got \(hidden\)$/,
      );
    },
  );
});
