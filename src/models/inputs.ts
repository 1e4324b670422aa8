/** What a caller hands to a pass, by the name of the carried input: values in row-major order, f16 as its bits. */
export type Inputs = Readonly<Record<string, Float32Array | Uint16Array | Int32Array>>;
