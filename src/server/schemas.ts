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
