import { z } from 'zod';
import {
  isPart,
  isSharedAccount,
  type SavedPart,
  type SharedAccount,
} from '../balancer/limits/saved-account';

/** From the moment of sending; 0 for none. */
const restMs = z.number().nonnegative();

/** Billionths of a US dollar, tokens, requests. */
const amounts = z.tuple([z.number(), z.number(), z.number()]).readonly();

const messageSchema = z.discriminatedUnion('kind', [
  /** Something was changed in the database: there are notes. */
  z.object({ kind: z.literal('changed') }),
  /** Who sends it may have missed something, and wants to hear of whatever lasts. */
  z.object({ kind: z.literal('asks') }),
  /** Somebody looks at what all have counted of the keys. */
  z.object({ kind: z.literal('counts_asked') }),
  /** What its sender had counted of the keys by then stands in the database. */
  z.object({ kind: z.literal('counts_written') }),
  /** How a key is, as its sender knows. */
  z.object({
    kind: z.literal('key'),
    keyId: z.string(),
    epoch: z.number(),
    restMs,
    models: z.array(z.tuple([z.string(), restMs])),
    /** It rests no longer than this says. */
    isEased: z.boolean(),
    /** In a row; only where they have changed. */
    failures: z.number().optional(),
    /** Whether the program uses it; only where that has changed. */
    use: z.object({ isOut: z.boolean(), reason: z.string() }).optional(),
  }),
  /** A provider or a proxy fails there. */
  z.object({ kind: z.literal('provider_failing'), provider: z.string() }),
  z.object({ kind: z.literal('proxy_failing'), egressId: z.string() }),
  /** Which key owns an object at a provider; none for one that was deleted. */
  z.object({
    kind: z.literal('object'),
    objectId: z.string(),
    provider: z.string(),
    owner: z.object({ keyId: z.string(), isSupposed: z.boolean().optional() }).optional(),
  }),
  /** What is used of the limits of a key's account. */
  z.object({
    kind: z.literal('use'),
    keyId: z.string(),
    use: z.custom<SharedAccount>(isSharedAccount),
    /** The name of its sender, which stays over restarts; older versions do not say. */
    by: z.string().optional(),
  }),
  /** What its sender has spent of the budget of a client token since it began, what of that is written, and reserved. */
  z.object({
    kind: z.literal('spent'),
    tokenId: z.string(),
    period: z.string(),
    total: amounts,
    written: amounts,
    reserved: amounts,
  }),
  /** What the one of that name told before it was started anew, which it may not have saved. */
  z.object({
    kind: z.literal('use_before'),
    keyId: z.string(),
    of: z.string(),
    use: z.custom<SavedPart>(isPart),
  }),
]);

/** What instances tell each other at once. Each says how something is, so that hearing it twice changes nothing. */
export type Message = z.infer<typeof messageSchema>;

export type KeyMessage = Extract<Message, { kind: 'key' }>;

/** What a parcel holds. What another version may have sent and is not known here is passed over. */
export function messagesOf(text: string): Message[] {
  return listOf(text).flatMap((each) => {
    const read = messageSchema.safeParse(each);
    return read.success ? [read.data] : [];
  });
}

function listOf(text: string): unknown[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
