/** The workspace: its place, its folders, its settings, and names that must stay inside. */
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSettings, setSettingsAside, writeSetting } from "../../../src/store/workspace/settings.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { defaultWorkspacePath, openWorkspace, resolveInside, workspaceAt } from "../../../src/store/index.ts";
import { FaultDisk } from "../files/fault-disk.ts";
import { freshFolder, hostileText, thrownBy } from "../folders.ts";

describe("a workspace", () => {
  it("lies where the platform keeps a user's data", () => {
    const place = { environment: {}, home: "/home/kim" };
    expect(defaultWorkspacePath({ ...place, platform: "linux" })).toBe(join("/home/kim", ".local/share/logos-console"));
    expect(defaultWorkspacePath({ ...place, platform: "linux", environment: { XDG_DATA_HOME: "/data" } })).toBe(
      join("/data", "logos-console"),
    );
    expect(defaultWorkspacePath({ ...place, platform: "darwin" })).toContain("Application Support");
    expect(defaultWorkspacePath({ ...place, platform: "win32", environment: { APPDATA: "/roaming" } })).toBe(
      join("/roaming", "Logos Console"),
    );
  });

  it("is made with its folders and nothing else, and opening it again changes nothing", () => {
    const path = join(freshFolder(), "new");
    openWorkspace(path);
    writeFileSync(join(path, "desk.yaml"), "name: mine");
    openWorkspace(path);
    expect(readdirSync(path).toSorted()).toEqual(["data", "desk.yaml", "sessions", "strategies"]);
    expect(readFileSync(join(path, "desk.yaml"), "utf8")).toBe("name: mine");
  });

  it("that cannot be made says why", () => {
    const disk = new FaultDisk();
    disk.arm({ failAt: 2, fault: "ENOSPC" });
    expect(thrownBy(() => openWorkspace("/w", disk))).toMatchObject({ code: "io", detail: { cause: "ENOSPC" } });
    const file = join(freshFolder(), "file");
    writeFileSync(file, "");
    expect(thrownBy(() => openWorkspace(file))).toMatchObject({ code: "io" });
  });
});

describe("a name inside", () => {
  const path = freshFolder();
  const workspace = openWorkspace(path);
  mkdirSync(join(workspace.data, "deep"));
  writeFileSync(join(workspace.data, "bars.csv"), "");
  symlinkSync(join(workspace.data, "bars.csv"), join(workspace.data, "alias.csv"));
  symlinkSync("/", join(workspace.data, "root"));
  symlinkSync(workspace.sessions, join(workspace.data, "sessions"));

  it.each(["bars.csv", "deep/x.csv", "deep/../bars.csv", "alias.csv", "none/yet.csv", "..x", "...", "a b"])(
    "%j is one",
    (name) => {
      expect(resolveInside(workspace, workspace.data, name)).toBe(join(workspace.data, name));
    },
  );

  it.each([
    "..",
    "../data2/x",
    "deep/../../x",
    "/etc/passwd",
    "",
    ".",
    "deep/..",
    "a\\b",
    "a\u0000b",
    "root/etc",
    "sessions",
    "sessions/x",
  ])("%j is none", (name) => {
    expect(thrownBy(() => resolveInside(workspace, workspace.data, name))).toMatchObject({ code: "outside_workspace" });
  });

  it("is inside or refused, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.stringMatching(/^[./\\ab]{0,14}$/), hostileText()), (name) => {
        try {
          expect(resolveInside(workspace, workspace.data, name).startsWith(workspace.data + sep)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
          expect(error).toMatchObject({ code: "outside_workspace" });
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("settings", () => {
  it("are kept, changed and forgotten one by one", () => {
    const workspace = openWorkspace(freshFolder());
    expect(readSettings(workspace)).toEqual({});
    writeSetting(workspace, "theme", "dark");
    writeSetting(workspace, "rows", 20);
    writeSetting(workspace, "theme", "light");
    expect(readSettings(workspace)).toEqual({ theme: "light", rows: 20 });
    writeSetting(workspace, "rows", null);
    writeSetting(workspace, "never", null);
    expect(readSettings(workspace)).toEqual({ theme: "light" });
  });

  it("past 500, or past a megabyte, are refused and the old ones stay", () => {
    const workspace = openWorkspace(freshFolder());
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    writeFileSync(workspace.settingsFile, JSON.stringify(many));
    expect(thrownBy(() => writeSetting(workspace, "one more", 1))).toMatchObject({ code: "too_large" });
    writeSetting(workspace, "k0", "changed");
    expect(thrownBy(() => writeSetting(workspace, "k1", "x".repeat(1_000_000)))).toMatchObject({ code: "too_large" });
    expect(readSettings(workspace)).toEqual({ ...many, k0: "changed" });
  });

  it.each(["", "{", "null", "[1", '"text"', " ".repeat(1_000_001)])("that cannot be read are none: %#", (text) => {
    const workspace = openWorkspace(freshFolder());
    writeFileSync(workspace.settingsFile, text);
    expect(readSettings(workspace)).toEqual({});
    writeSetting(workspace, "a", true);
    expect(readSettings(workspace)).toEqual({ a: true });
  });

  it.each(["{ broken", "[1, 2]", '"text"', "x".repeat(1_000_001)])(
    "that cannot be used are kept aside, whatever is written next: %#",
    (text) => {
      const workspace = openWorkspace(freshFolder());
      const aside = (number: number): string => readFileSync(`${workspace.settingsFile}.corrupt-${number}`, "utf8");
      writeFileSync(workspace.settingsFile, text);
      expect(setSettingsAside(workspace)).toMatch(
        /It was kept as settings\.json\.corrupt-1, and the usual settings hold\.$/,
      );
      expect([aside(1), readSettings(workspace), setSettingsAside(workspace)]).toEqual([text, {}, null]);
      const reported: string[] = [];
      writeFileSync(workspace.settingsFile, text);
      writeSetting(workspace, "a", 1, (sentence) => reported.push(sentence));
      expect([aside(1), aside(2), readSettings(workspace)]).toEqual([text, text, { a: 1 }]);
      expect(reported).toHaveLength(1);
    },
  );

  it("whose name a folder has are kept aside with what is in it", () => {
    const workspace = openWorkspace(freshFolder());
    mkdirSync(workspace.settingsFile);
    writeFileSync(join(workspace.settingsFile, "note"), "mine");
    writeSetting(workspace, "a", 1);
    expect(readFileSync(join(`${workspace.settingsFile}.corrupt-1`, "note"), "utf8")).toBe("mine");
  });

  it("hold no objects, and a prototype's name is a name like any other", () => {
    const workspace = openWorkspace(freshFolder());
    writeFileSync(workspace.settingsFile, '{"a":{"b":1},"c":[1],"__proto__":{"d":1},"e":1}');
    expect(readSettings(workspace)).toEqual({ e: 1 });
    writeSetting(workspace, "__proto__", "x");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(readSettings(workspace), "__proto__")?.value).toBe("x");
  });

  it("that a full disk refuses leave the old ones", () => {
    const disk = new FaultDisk();
    const workspace = workspaceAt("/w", disk);
    writeSetting(workspace, "a", 1);
    disk.arm({ failAt: 6, fault: "ENOSPC" });
    expect(thrownBy(() => writeSetting(workspace, "a", 2))).toMatchObject({ code: "io" });
    expect(readSettings(workspace)).toEqual({ a: 1 });
  });
});
