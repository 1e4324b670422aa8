/**
 * klein 4B's blocks at a width that this machine draws with: 5 double and 20 single blocks, and the demo's text encoder before them. `large` is 2.6 GB in
 * bf16, else 0.86 GB.
 */
export const kleinShapes = (large: boolean) => ({ hidden: large ? 1792 : 1024, double: 5, single: 20, context: 384 });
