export { createReferenceBackend } from "./createReferenceBackend.ts";
