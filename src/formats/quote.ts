const SHOWN = 80;

/** A name from a file, fit for one line of a message: quoted, control characters escaped, long ones cut. */
export function quote(name: string): string {
  const shown = name.length > SHOWN ? `${name.slice(0, SHOWN)}...` : name;
  // JSON leaves DEL and the C1 controls as they are, and terminals act on them.
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
