import type { Handler } from "hono";
import { RequestError } from "../../errors.ts";

/** GET /experiment/models/preview/...: pictures beside models are not looked for. */
export const getModelPreview = (): Handler => () => {
  throw new RequestError(404, "there is no preview", "filename");
};
