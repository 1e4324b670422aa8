import type { z } from "zod";
import { RequestError } from "../errors.ts";

/** Checks a body or query with its schema; what does not fit is 400 and names the field. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, where = "body"): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? where : issue.path.map(String).join(".");
  throw new RequestError(400, `${field}: ${issue?.message ?? "is not as expected"}`, field);
}
