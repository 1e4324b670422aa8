/** An amount of memory as a user writes it: bytes, or a share (0..1] of something the flag names. */
export type ByteSize = { readonly bytes: number } | { readonly share: number };

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/**
 * "8GB", "8 GB", "7.5GiB", "400MB", "60%". GB is 10^9 bytes and GiB 2^30, case does not matter. A bare number is read in `bareUnit` if the
 * flag has one (`--reserve-vram` counts GB), else it is nothing. `null`: not an amount (zero and negative ones included).
 */
export function parseByteSize(text: string, bareUnit?: "GB"): ByteSize | null {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%|[a-z]+)?\s*$/i.exec(text);
  if (!match) return null;
  const amount = Number(match[1]);
  const unit = match[2]?.toUpperCase() ?? bareUnit;
  if (unit === undefined || !(amount > 0)) return null;
  if (unit === "%") return amount <= 100 ? { share: amount / 100 } : null;
  const scale = UNITS[unit];
  if (scale === undefined) return null;
  const bytes = Math.floor(amount * scale);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? { bytes } : null;
}
