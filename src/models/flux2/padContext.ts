/** Texts shorter than this are filled up before they reach the transformer. */
const MIN_TOKENS = 512;

/** A context [batch, tokens, width] with zeros before its tokens, so that there are at least 512: what the sampling wrapper does. */
export function padContext(
  context: Float32Array,
  batch: number,
  width: number,
): { readonly context: Float32Array; readonly tokens: number } {
  const tokens = context.length / (batch * width);
  if (tokens >= MIN_TOKENS) return { context, tokens };
  const padded = new Float32Array(batch * MIN_TOKENS * width);
  for (let n = 0; n < batch; n++)
    padded.set(context.subarray(n * tokens * width, (n + 1) * tokens * width), ((n + 1) * MIN_TOKENS - tokens) * width);
  return { context: padded, tokens: MIN_TOKENS };
}
