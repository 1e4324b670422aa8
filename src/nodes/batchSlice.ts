/** Which items of a batch a place and a length mean: places below 0 count from the end, and what lies outside is cut. */
export function batchSlice(
  batch: number,
  place: number,
  length: number,
): { readonly from: number; readonly to: number } {
  const from = Math.min(Math.max(place < 0 ? place + batch : place, 0), batch - 1);
  return { from, to: Math.min(from + length, batch) };
}
