import { formatBytes } from "../../runtime/formatBytes.ts";
import { NoDiskSpace } from "./errors.ts";
import type { Place } from "./findPlace.ts";
import type { PullWorld } from "./world.ts";

/** Whether what is still to come has room, disk by disk, before the first byte is fetched. Throws NoDiskSpace, with the numbers. */
export async function checkRoom(places: readonly Place[], world: PullWorld): Promise<void> {
  const disks = new Map<number, { folder: string; free: number; needed: number }>();
  for (const { folder, file, partBytes } of places) {
    const room = await world.room(folder);
    if (room === null) continue;
    const disk = disks.get(room.disk) ?? { folder, free: room.free, needed: 0 };
    disk.needed += file.bytes - partBytes;
    disks.set(room.disk, disk);
  }
  for (const { folder, free, needed } of disks.values())
    if (needed > free)
      throw new NoDiskSpace(
        `${formatBytes(needed, "up")} are to be fetched, and the disk of ${folder} has ${formatBytes(free)} free: make room, or choose another disk with --to or --models-directory. Nothing was fetched`,
      );
}
