export { openVae, type VaeModel, type VaeShape } from "./open.ts";
export { imageToPixels, type Pixels, pixelsToImage } from "./pixels.ts";
export { type OnTile, type Planes, type TileOutput, type TileRun, tiled } from "./tiled.ts";
export { type Tile, type Tiling, tilesOf } from "./tiles.ts";
export { decodeTilings, encodeTilings, type TileChoice } from "./tilings.ts";
