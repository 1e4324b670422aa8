/** What goes along with a task, or comes back with its result. */
export const buffersOf = (held: {
  readonly out: Uint8Array;
  readonly parts: readonly Uint8Array[];
}): readonly ArrayBuffer[] => [held.out, ...held.parts].map(({ buffer }) => buffer as ArrayBuffer);
