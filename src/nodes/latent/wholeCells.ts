import type { Window } from "../../image/window.ts";

/** The part of a picture whose sides are whole cells, around the middle (half a pixel to the upper left). */
export function wholeCells(
  { width, height }: { readonly width: number; readonly height: number },
  cell: number,
): Window {
  return {
    x: Math.floor((width % cell) / 2),
    y: Math.floor((height % cell) / 2),
    width: width - (width % cell),
    height: height - (height % cell),
  };
}
