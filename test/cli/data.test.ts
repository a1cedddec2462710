/** `logos data` and `logos sessions delete`: what is listed, and what goes only when that was confirmed. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitOf } from "../../src/cli/common/exits.ts";
import { folder, jsonOf, logos, tree } from "./terminal.ts";

const TABLE =
  "time,open,high,low,close,volume\n2024-03-04,10,11,9,10,5\n2024-03-05,10,11,9,10,5\n2024-03-06,10,11,9,10,5\n";

function workspaceWithData(): { at: string; data: string } {
  const at = folder();
  const data = join(at, "data");
  mkdirSync(data);
  writeFileSync(join(data, "ACME.csv"), TABLE);
  return { at, data };
}

describe("logos data", () => {
  it("lists what each file holds, and a link that leads out not at all", async () => {
    const { at, data } = workspaceWithData();
    const outside = join(folder(), "other.csv");
    writeFileSync(outside, TABLE);
    symlinkSync(outside, join(data, "link.csv"));
    writeFileSync(join(data, "notes.csv"), "no,prices\nat,all\n");
    const listed = jsonOf(await logos(["data", "list", "--workspace", at, "--json"], { at })) as {
      files: { name: string; problem: string | null; series: { symbol: string; bars: number }[] }[];
    };
    expect(listed.files.map(({ name }) => name)).toEqual(["ACME.csv", "notes.csv"]);
    expect(listed.files[0]).toMatchObject({ problem: null, series: [{ symbol: "ACME", bars: 3 }] });
    expect(listed.files[1]?.problem).toContain("columns");
  });

  it("deletes with --yes alone, and never outside of the folder", async () => {
    const { at, data } = workspaceWithData();
    const before = tree(data);
    const asked = await logos(["data", "delete", "ACME.csv", "--workspace", at], { at });
    expect(asked.code).toBe(exitOf("usage"));
    expect(asked.out).toContain("ACME.csv");
    expect(asked.err).toContain("--yes");
    expect(tree(data)).toEqual(before);
    const outside = await logos(["data", "delete", "../desk.yaml", "--yes", "--workspace", at], { at });
    expect(outside.code).toBe(exitOf("outside_workspace"));
    const done = await logos(["data", "delete", "ACME.csv", "--yes", "--workspace", at], { at });
    expect(done.code).toBe(0);
    expect(tree(data)).toEqual([]);
    const gone = await logos(["data", "delete", "ACME.csv", "--yes", "--workspace", at], { at });
    expect(gone.code).toBe(exitOf("not_found"));
  });
});

describe("what is deleted", () => {
  it("goes to the system's trash where there is one, with the place that it came from", async () => {
    const { at, data } = workspaceWithData();
    const home = join(at, "home");
    for (const name of ["files", "info"]) mkdirSync(join(home, "Trash", name), { recursive: true });
    const command = ["data", "delete", "ACME.csv", "--yes", "--workspace", at];
    const { code, err } = await logos(command, { at, environment: { XDG_DATA_HOME: home } });
    expect(code).toBe(0);
    if (process.platform !== "linux") return;
    expect(err).toContain("trash");
    expect(existsSync(join(data, "ACME.csv"))).toBe(false);
    expect(existsSync(join(home, "Trash", "files", "ACME.csv"))).toBe(true);
    expect(existsSync(join(home, "Trash", "info", "ACME.csv.trashinfo"))).toBe(true);
  });
});

describe("logos sessions delete", () => {
  it("says what would go, and deletes with --yes", async () => {
    const { at, data } = workspaceWithData();
    const run = await logos(["run", "--bars", join(data, "ACME.csv"), "--session", "x", "--workspace", at], { at });
    expect(run.code).not.toBe(0);
    const ran = await logos(["run", "--bars", join(data, "ACME.csv"), "--workspace", at], { at });
    expect(ran.code).toBe(0);
    const { sessions } = jsonOf(await logos(["sessions", "--workspace", at, "--json"], { at })) as {
      sessions: { id: string; folder: string }[];
    };
    const [{ id, folder: place }] = sessions as [{ id: string; folder: string }];
    const asked = await logos(["sessions", "delete", id, "--workspace", at], { at });
    expect([asked.code, existsSync(place)]).toEqual([exitOf("usage"), true]);
    const done = await logos(["sessions", "delete", id, "--yes", "--workspace", at], { at });
    expect([done.code, existsSync(place)]).toEqual([0, false]);
    const gone = await logos(["sessions", "delete", id, "--yes", "--workspace", at], { at });
    expect(gone.code).toBe(exitOf("no_session"));
  });
});
