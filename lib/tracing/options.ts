import type { StartupSettings } from '../config/startup';
import type { SamplerName } from '../config/values/samplers';

/** How spans are made and where they go. */
export interface TracingOptions {
  /** The whole address. */
  readonly url: string;
  readonly isJson: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** From 0 to 1. */
  readonly ratio: number;
  readonly batch: {
    readonly delayMs: number;
    readonly timeoutMs: number;
    readonly queueMax: number;
    readonly batchMax: number;
  };
}

const SERVICE_NAME = 'openai-balance';

/** Undefined where tracing is off. What the settings say of the service beats `own`. */
export function tracingOptions(
  settings: StartupSettings,
  own: Readonly<Record<string, string>>,
): TracingOptions | undefined {
  const url = addressOf(settings);
  if (url === '' || settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none') return undefined;
  const { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: given } = settings;
  return {
    url,
    isJson: settings.OTEL_EXPORTER_OTLP_PROTOCOL === 'http/json',
    headers: settings.OTEL_EXPORTER_OTLP_HEADERS,
    timeoutMs: settings.OTEL_EXPORTER_OTLP_TIMEOUT,
    attributes: {
      'service.name': SERVICE_NAME,
      ...own,
      ...given,
      ...(name !== '' && { 'service.name': name }),
    },
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
    batch: {
      delayMs: settings.OTEL_BSP_SCHEDULE_DELAY,
      timeoutMs: settings.OTEL_BSP_EXPORT_TIMEOUT,
      queueMax: settings.OTEL_BSP_MAX_QUEUE_SIZE,
      batchMax: Math.min(settings.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, settings.OTEL_BSP_MAX_QUEUE_SIZE),
    },
  };
}

function addressOf(settings: StartupSettings): string {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: base } = settings;
  if (whole !== '' || base === '') return whole;
  return `${base}/v1/traces`;
}
