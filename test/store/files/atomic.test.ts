/** The atomic file and the line log on disks that fill up, take a little at a time, fail, and lose power. */
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { ioError, LineLog, nodeFileSystem, readText, writeTextAtomic } from "../../../src/store/index.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { FaultDisk, MachineStop } from "./fault-disk.ts";

const PATH = "/place/state.json";
const OLD = "old ".repeat(30);
const NEW = "new content ".repeat(40);

/** A disk whose file holds the old content, durably; or no file at all. */
function diskWith(old: string | null): FaultDisk {
  const disk = new FaultDisk();
  if (old !== null) writeTextAtomic(disk, PATH, old);
  return disk;
}

const attempt = (call: () => void): unknown => {
  try {
    call();
    return null;
  } catch (error) {
    return error;
  }
};

describe("an atomic write", () => {
  it("is the whole text, however few bytes the disk takes at a time", () => {
    for (const takes of [1, 2, 7, 479, 480]) {
      const disk = diskWith(OLD);
      disk.arm({ takes });
      writeTextAtomic(disk, PATH, NEW);
      expect(disk.text(PATH)).toBe(NEW);
      expect(disk.paths).toEqual([PATH]);
    }
  });

  it("that returned outlives a power cut right after it", () => {
    fc.assert(
      fc.property(
        fc.option(fc.constant(OLD)),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (old, coins) => {
          const disk = diskWith(old);
          writeTextAtomic(disk, PATH, NEW);
          disk.restart((most) => Math.round((coins.next().value as number) * most));
          expect(disk.text(PATH)).toBe(NEW);
        },
      ),
    );
  });

  it.each(["ENOSPC", "EIO"] as const)(
    "with %s at any step: a coded error, a whole file, and no temporary one",
    (fault) => {
      for (const old of [OLD, null])
        for (let failAt = 1; ; failAt += 1) {
          const disk = diskWith(old);
          disk.arm({ failAt, fault, takes: 100 });
          const error = attempt(() => writeTextAtomic(disk, PATH, NEW));
          if (error === null) {
            expect(disk.text(PATH)).toBe(NEW);
            expect(failAt).toBeGreaterThan(8);
            break;
          }
          expect(error).toMatchObject({ code: "io", detail: { path: PATH, cause: fault } });
          expect([old, NEW]).toContain(disk.text(PATH));
          expect(disk.paths.filter((path) => path !== PATH)).toEqual([]);
          // Whatever it was, the next write works.
          disk.arm({});
          writeTextAtomic(disk, PATH, "again");
          expect(disk.text(PATH)).toBe("again");
        }
    },
  );

  it("cut by a stop of the machine at any step: old or new, whole, and the next write works", () => {
    fc.assert(
      fc.property(
        fc.option(fc.constant(OLD)),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 600 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (old, failAt, takes, coins) => {
          const disk = diskWith(old);
          disk.arm({ failAt, fault: "stop", takes });
          const stopped = attempt(() => writeTextAtomic(disk, PATH, NEW)) !== null;
          let next = 0;
          disk.restart((most) => {
            next += 1;
            return Math.round((coins[next % coins.length] as number) * most);
          });
          expect(stopped ? [old, NEW] : [NEW]).toContain(disk.text(PATH));
          writeTextAtomic(disk, PATH, "again");
          expect(disk.text(PATH)).toBe("again");
          // What a stop left lying about is a hidden file beside it, and nothing that is read.
          for (const path of disk.paths) if (path !== PATH) expect(path).toMatch(/\/\.state\.json\.\d+\.\d+\.tmp$/);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("that takes no bytes, or loses some, fails and says so", () => {
    const stuck = diskWith(OLD);
    stuck.arm({ takes: 0 });
    expect(String(thrownBy(() => writeTextAtomic(stuck, PATH, NEW)))).toMatch(/took no more bytes/);
    const lossy = diskWith(OLD);
    const size = lossy.size.bind(lossy);
    lossy.size = (path) => (size(path) ?? 0) - 1;
    expect(String(thrownBy(() => writeTextAtomic(lossy, PATH, NEW)))).toMatch(/479 of 480 bytes/);
    expect([stuck.text(PATH), lossy.text(PATH)]).toEqual([OLD, OLD]);
  });

  it("works on the real disk, and leaves nothing beside the file", () => {
    const folder = freshFolder();
    const path = join(folder, "a.json");
    for (const text of [OLD, "", NEW, "😀".repeat(10_000)]) {
      writeTextAtomic(nodeFileSystem, path, text);
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(thrownBy(() => writeTextAtomic(nodeFileSystem, join(folder, "gone", "a.json"), "x"))).toMatchObject({
      code: "io",
      detail: { cause: "ENOENT" },
    });
  });

  it("replaces a link and does not write through it", () => {
    const folder = freshFolder();
    writeFileSync(join(folder, "target"), "mine");
    symlinkSync(join(folder, "target"), join(folder, "link"));
    writeTextAtomic(nodeFileSystem, join(folder, "link"), "new");
    expect([readFileSync(join(folder, "target"), "utf8"), readFileSync(join(folder, "link"), "utf8")]).toEqual([
      "mine",
      "new",
    ]);
  });
});

describe("a read", () => {
  it("names what is missing, too large, or failing", () => {
    const disk = diskWith(OLD);
    expect(readText(disk, PATH, 120)).toBe(OLD);
    expect(thrownBy(() => readText(disk, PATH, 119))).toMatchObject({
      code: "too_large",
      detail: { size: 120, bytesMax: 119 },
    });
    expect(thrownBy(() => readText(disk, "/none", 10))).toMatchObject({ code: "not_found" });
    disk.arm({ failAt: 2, fault: "EIO" });
    expect(thrownBy(() => readText(disk, PATH, 120))).toMatchObject({ code: "io" });
  });
});

describe("a disk's error", () => {
  it("says what was tried, where, and what to do", () => {
    const full = ioError("Writing", "/a", Object.assign(new Error("x"), { code: "ENOSPC" }));
    expect(full.message).toBe("Writing /a failed (ENOSPC). The disk is full: make room, then try again.");
    expect(ioError("Writing", "/a", "odd").message).toMatch(/failed \(odd\)\. Check the disk/);
    const coded = new CodedError("too_large", "already said");
    expect(ioError("Writing", "/a", coded)).toBe(coded);
  });
});

describe("a line log", () => {
  const LOG = "/place/metrics.jsonl";

  it("appends whole lines, however few bytes the disk takes at a time", () => {
    const disk = new FaultDisk();
    disk.arm({ takes: 3 });
    const log = new LineLog(disk, LOG);
    log.append("first line\n");
    log.append("");
    log.append("second\nthird\n");
    log.sync();
    log.close();
    expect(disk.text(LOG)).toBe("first line\nsecond\nthird\n");
  });

  it("cut by a stop keeps a prefix of lines, and a new start continues after the last whole one", () => {
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index} ${"·".repeat(index)}\n`);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failAt, takes, coin) => {
          const disk = new FaultDisk();
          disk.syncFolder();
          disk.arm({ failAt, fault: "stop", takes });
          const error = attempt(() => {
            const log = new LineLog(disk, LOG);
            for (const line of lines) log.append(line);
            log.sync();
          });
          if (error !== null) expect((error as CodedError).cause).toBeInstanceOf(MachineStop);
          disk.restart((most) => Math.round(coin * most));
          const log = new LineLog(disk, LOG);
          log.append("again\n");
          const found = (disk.text(LOG) ?? "").split("\n");
          const kept = found.slice(0, -2);
          expect(found.slice(-2)).toEqual(["again", ""]);
          expect(kept).toEqual(lines.slice(0, kept.length).map((line) => line.slice(0, -1)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("reports a full disk as one, at opening, appending and syncing", () => {
    for (const failAt of [1, 2, 3, 4]) {
      const disk = new FaultDisk();
      disk.arm({ failAt, fault: "ENOSPC" });
      const error = attempt(() => {
        const log = new LineLog(disk, LOG);
        log.append("x\n");
        log.sync();
      });
      expect(error).toSatisfy((one) => one === null || (one as CodedError).detail?.["cause"] === "ENOSPC");
      if (failAt < 4) expect(error).toMatchObject({ code: "io" });
      if (failAt < 4) expect((error as CodedError).message).toMatch(/metrics\.jsonl failed \(ENOSPC\)/);
    }
  });

  it("of nothing but a torn line starts empty", () => {
    const disk = new FaultDisk();
    const torn = disk.append(LOG);
    torn.write(new TextEncoder().encode("half a li"), 0);
    torn.close();
    new LineLog(disk, LOG).append("whole\n");
    expect(disk.text(LOG)).toBe("whole\n");
  });
});
