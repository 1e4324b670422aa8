import { z } from "zod";

/** Bodies of requests, as checked: what does not fit is 400 and names the field. Keys that are not named here are passed over. */

const ids = z.array(z.string().max(200)).max(100_000);

/** POST /prompt, beside what it checks in ComfyUI's own words. */
export const promptBody = z.looseObject({
  prompt: z.record(z.string(), z.record(z.string(), z.unknown())),
  client_id: z.string().max(200).nullish(),
  number: z
    .union([
      z.number(),
      z.bigint().transform(Number),
      z
        .string()
        .trim()
        .regex(/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/)
        .transform(Number),
    ])
    .nullish(),
  front: z.unknown().optional(),
  partial_execution_targets: ids.nullish(),
  extra_data: z.record(z.string(), z.unknown()).nullish(),
});

/** POST /queue, POST /history. */
export const clearOrDelete = z.looseObject({ clear: z.boolean().nullish(), delete: ids.nullish() });

/** POST /interrupt. */
export const interruptBody = z.looseObject({ prompt_id: z.string().nullish() });

/** POST /free. */
export const freeBody = z.looseObject({ unload_models: z.boolean().nullish(), free_memory: z.boolean().nullish() });

/** POST /api/jobs/cancel: told by its document; its refusals have the original's texts, so the route checks it itself. */
export const cancelBody = z.looseObject({ job_ids: ids });

/** POST /users. */
export const userBody = z.looseObject({ username: z.string().default("") });

/** POST /settings. */
export const settingsBody = z.record(z.string(), z.unknown());

/** PATCH /internal/logs/subscribe. */
export const subscribeBody = z.looseObject({ clientId: z.string().max(200), enabled: z.boolean() });

/** POST /upload/mask, `original_ref`. */
export const originalRef = z.looseObject({
  filename: z.string().min(1),
  type: z.string().optional(),
  subfolder: z.string().optional(),
});

/** As many as the engine keeps. */
export const MAX_EVENTS = 4096;
const DIGITS = z.string().regex(/^\d{1,16}$/, "must be a whole number");

/** GET /weir/events: a query is text. */
export const eventsQuery = z.looseObject({
  since: DIGITS.transform(Number).pipe(z.int("must be below 2^53")).optional(),
  max_items: DIGITS.transform(Number)
    .pipe(z.int().min(1, "must be 1 or more").max(MAX_EVENTS, `must be at most ${MAX_EVENTS}`))
    .optional(),
});

/** null: no ceiling. */
const bytes = z.number().nullable();
const tier = z.enum(["vram", "ram", "disk"]);

/** What GET /weir/events answers: for its document, and held to it by a test. Each kind has more fields of its own (docs/server.md). */
export const eventsAnswer = z
  .object({
    oldest: z.int().nullable(),
    last: z.int().nullable(),
    events: z.array(
      z.looseObject({
        seq: z.int(),
        time: z.number(),
        kind: z.enum(["move", "undone", "read", "drop", "plan", "budget", "chunk", "fault", "thrash", "acquire"]),
        at: z.int(),
        device: z.string(),
        beside: z.boolean().optional(),
        weight: z.string().optional(),
        modelTitle: z.string().optional(),
        bytes: bytes.optional(),
        from: tier.optional(),
        to: tier.optional(),
        reason: z.string().optional(),
      }),
    ),
  })
  .nullable();
