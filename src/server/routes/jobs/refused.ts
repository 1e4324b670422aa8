import { RequestError } from "../../errors.ts";

/** A refusal with the original's text and nothing beside it. */
export const refused = (error: string): RequestError => new RequestError(400, { error });
