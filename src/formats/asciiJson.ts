/** The same JSON in ASCII alone: other characters become \uXXXX (two for those beyond U+FFFF). `json` is a JSON text, not a value. */
export const asciiJson = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
