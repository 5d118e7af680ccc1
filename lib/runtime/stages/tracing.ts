import { tracingOptions } from '../../tracing/options';
import type { Tracer } from '../../tracing/tracer';
import { instanceId } from '../../process/instance-id';
import { steadyClock } from '../../process/system-ports';
import { VERSION } from '../../process/version';
import type { Installation } from './installation';
import type { Machine } from './machine';

/** Undefined where no collector is set: then nothing of it is even loaded. */
export async function openTracing(
  { logger, steadyNow }: Machine,
  { startup }: Installation,
): Promise<Tracer | undefined> {
  const options = tracingOptions(startup, {
    'service.version': VERSION,
    'service.instance.id': instanceId(startup.DATA_DIR),
  });
  if (options === undefined) return undefined;
  const [{ Tracer }, { exporterOf, SpanQueue }] = await Promise.all([
    import('../../tracing/tracer'),
    import('../../tracing/span-exporter'),
  ]);
  const queue = new SpanQueue(options, exporterOf(options), {
    failing: (reason) => logger.warn({ reason }, 'the collector does not take spans; those are dropped'),
    taking: () => logger.info('the collector takes spans again'),
  });
  logger.info({ to: options.url }, 'requests are traced');
  return new Tracer(options, { now: steadyNow, wallOf: (at) => steadyClock.wallOf(at) }, queue, VERSION);
}
