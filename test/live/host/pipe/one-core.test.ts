/**
 * When the session's thread and a host process share a core, on cores that only keep a record.
 */
import { describe, expect, it } from "vitest";
import { OneCore, type Cores } from "../../../../src/live/host/pipe/one-core.ts";

const OWN = 10;
const WAITS = 256;

class FakeCores implements Cores {
  list = "0-3";
  core = "2";
  readonly placed: string[] = [];
  ran = 0;

  allowed(): string {
    return this.list;
  }

  current(): string {
    return this.core;
  }

  place(pid: number, cores: string, all: boolean): void {
    this.placed.push(`${pid}${all ? " all" : ""}: ${cores}`);
  }

  ranMs(): number {
    return this.ran;
  }
}

function sharing() {
  const cores = new FakeCores();
  let nowMs = 0;
  const core = new OneCore(cores, OWN, () => nowMs);
  const waits = (pid: number, count: number, alone = true): void => {
    for (let index = 0; index < count; index += 1) core.waits(pid, alone);
  };
  /** Time passes, of which the two run a share. */
  const pass = (ms: number, share: number): void => {
    nowMs += ms;
    // Half of it is that of each.
    cores.ran += (ms * share) / 2;
  };
  return { cores, core, waits, pass };
}

const SHARED = ["11: 2", "10: 2"];
const GIVEN_BACK = ["10 all: 0-3", "11 all: 0-3"];

describe("one core for two that take turns", () => {
  it("is shared from so many waits in a row on, and given back once the process ends", () => {
    const { cores, core, waits } = sharing();
    waits(11, WAITS - 1);
    expect(cores.placed).toEqual([]);
    waits(11, 1);
    expect(cores.placed).toEqual(SHARED);
    core.ended(12);
    expect(core.sharing).toBe(true);
    core.ended(11);
    expect(cores.placed).toEqual([...SHARED, ...GIVEN_BACK]);
    core.release();
    expect(cores.placed).toHaveLength(4);
  });

  it("is not shared where processes are waited for in turn, or several runs at once", () => {
    const { cores, waits } = sharing();
    for (let index = 0; index < WAITS; index += 1) waits(11 + (index % 2), 200);
    for (let index = 0; index < WAITS; index += 1) {
      waits(11, 200);
      waits(11, 1, false);
    }
    expect(cores.placed).toEqual([]);
  });

  it("is not shared where the waits are seldom", () => {
    const { cores, waits, pass } = sharing();
    for (let index = 0; index < 4 * WAITS; index += 1) {
      waits(11, 1);
      pass(5, 0.1);
    }
    expect(cores.placed).toEqual([]);
    waits(11, WAITS);
    expect(cores.placed).toEqual(SHARED);
  });

  it("is given back when several runs are asked at once again and again, or another process is waited for", () => {
    const { cores, core, waits } = sharing();
    waits(11, WAITS);
    waits(11, 16, false);
    waits(11, 1);
    waits(11, 16, false);
    expect(core.sharing).toBe(true);
    waits(11, 1, false);
    expect(cores.placed).toEqual([...SHARED, ...GIVEN_BACK]);
    waits(11, WAITS);
    expect(core.sharing).toBe(true);
    waits(12, 1);
    expect(core.sharing).toBe(false);
  });

  it("is given back for a while where others are on it", () => {
    const { cores, core, waits, pass } = sharing();
    waits(11, WAITS);
    pass(600, 0.9);
    waits(11, WAITS);
    expect(core.sharing).toBe(true);
    pass(600, 0.3);
    waits(11, WAITS);
    expect(cores.placed).toEqual([...SHARED, ...GIVEN_BACK]);
    pass(19_000, 1);
    waits(11, WAITS);
    expect(core.sharing).toBe(false);
    pass(2_000, 1);
    waits(11, WAITS);
    expect(core.sharing).toBe(true);
    core.release();
  });

  it.each([
    ["there is one core alone", { list: "2" }],
    ["the system does not say which core it is", { core: "" }],
    ["the system does not say which cores there are", { list: "" }],
  ])("is never shared where %s", (_, given) => {
    const { cores, waits, pass } = sharing();
    Object.assign(cores, given);
    waits(11, WAITS);
    Object.assign(cores, { list: "0-3", core: "2" });
    pass(100_000, 1);
    waits(11, WAITS);
    expect(cores.placed).toEqual([]);
  });

  it("is tried once where cores cannot be chosen, and what was done is undone", () => {
    const { cores, core, waits } = sharing();
    const place = cores.place.bind(cores);
    cores.place = (pid, list, all) => {
      if (pid === OWN && list === "2") throw new Error("no");
      place(pid, list, all);
    };
    waits(11, WAITS);
    expect(cores.placed).toEqual(["11: 2", ...GIVEN_BACK]);
    waits(11, 10 * WAITS);
    expect(core.sharing).toBe(false);
    expect(cores.placed).toHaveLength(3);
  });
});
