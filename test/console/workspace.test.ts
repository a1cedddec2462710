/**
 * A real host and its workspace: settings, links, hostile inputs, a desk file with a mistake, a folder that cannot be had.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as z from "zod/mini";
import { createConsoleHost } from "../../src/console/host.ts";
import { LINK_HOSTS } from "../../src/console/handlers/workspace.ts";
import { CONNECTIONS_MAX } from "../../src/console/bridge/limits.ts";
import { PROCEDURES } from "../../src/shared/contract/contract.ts";
import { nodeFileSystem, resourcesFolder } from "../../src/store/index.ts";
import { place, readerOf, temporaryFolder } from "./sim/hosts.ts";

describe("settings", () => {
  it("are kept for the next start, and forgotten with null", async () => {
    const workspace = temporaryFolder();
    const first = readerOf((await place({ workspace })).host);
    expect(await first.call("settings.read", {})).toEqual({ settings: {} });
    const written = { theme: "dark", size: 12.5, paused: true, __proto__x: "x", constructor: "c" };
    for (const [key, value] of Object.entries(written)) await first.call("settings.write", { key, value });
    const second = readerOf((await place({ workspace })).host);
    expect(await second.call("settings.read", {})).toEqual({ settings: written });
    await second.call("settings.write", { key: "theme", value: null });
    const { settings } = await second.call("settings.read", {});
    expect(Object.keys(settings)).not.toContain("theme");
  });

  it("that cannot be read are none, and the next one is written", async () => {
    const { host, workspace } = await place();
    writeFileSync(join(workspace, "settings.json"), "{ broken");
    const reader = readerOf(host);
    expect(await reader.call("settings.read", {})).toEqual({ settings: {} });
    await reader.call("settings.write", { key: "theme", value: "light" });
    expect(JSON.parse(readFileSync(join(workspace, "settings.json"), "utf8"))).toEqual({ theme: "light" });
  });

  it("that were spoiled are kept aside when the workspace is opened, and the terminal and the alerts say so", async () => {
    const workspace = temporaryFolder();
    writeFileSync(join(workspace, "settings.json"), "{ broken");
    const { host, problems } = await place({ workspace });
    expect(readFileSync(join(workspace, "settings.json.corrupt-1"), "utf8")).toBe("{ broken");
    expect(problems).toEqual([expect.stringContaining("kept as settings.json.corrupt-1")]);
    const reader = readerOf(host);
    reader.subscribe("alerts");
    const alert = await reader.until("alerts", ({ rows }) =>
      Object.values(rows).some((row) => row.cause === "settings:corrupt"),
    );
    expect(JSON.stringify(alert)).toContain("settings.json.corrupt-1");
    await reader.call("settings.write", { key: "theme", value: "dark" });
  });

  it("in a folder that cannot be written are not kept; what was asked for is done, and the person learns it once", async () => {
    const workspace = temporaryFolder();
    const { host, problems } = await place({ workspace });
    const refusing = vi.spyOn(nodeFileSystem, "create").mockImplementation(() => {
      throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    });
    onTestFinished(() => refusing.mockRestore());
    const reader = readerOf(host);
    reader.subscribe("alerts");
    await reader.call("settings.write", { key: "theme", value: "dark" });
    await reader.call("settings.write", { key: "theme", value: "light" });
    await reader.call("desks.choose", { desk: "busy" });
    const standing = await reader.until("alerts", ({ rows }) =>
      Object.values(rows).some((row) => row.cause === "settings:unwritable" && row.endedAt === null),
    );
    expect(JSON.stringify(standing)).toContain("Settings are not kept");
    expect(problems.filter((line) => line.includes("Settings are not kept"))).toHaveLength(1);
    refusing.mockRestore();
    await reader.call("settings.write", { key: "theme", value: "dark" });
    await reader.until("alerts", ({ rows }) =>
      Object.values(rows).some((row) => row.cause === "settings:unwritable" && row.endedAt !== null),
    );
    expect(await reader.call("settings.read", {})).toMatchObject({ settings: { theme: "dark" } });
  });

  it.each([
    ["an object", { key: "a", value: {} }, "invalid_input"],
    ["too long a text", { key: "a", value: "x".repeat(20_001) }, "invalid_input"],
    ["too long a key", { key: "k".repeat(81), value: 1 }, "invalid_input"],
    ["a number that is none", { key: "a", value: Number.POSITIVE_INFINITY }, "invalid_input"],
    ["the host's own", { key: "recent.snapshots", value: "[]" }, "refused"],
  ])("with %s are refused", async (_what, input, code) => {
    const { host } = await place();
    expect(await readerOf(host).refusal("settings.write", input)).toMatchObject({ code });
  });

  it("are bounded in number", async () => {
    const { host, workspace } = await place();
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index]));
    writeFileSync(join(workspace, "settings.json"), JSON.stringify(many));
    const reader = readerOf(host);
    await reader.call("settings.write", { key: "k7", value: "again" });
    expect(await reader.refusal("settings.write", { key: "one more", value: 1 })).toMatchObject({ code: "too_large" });
  });
});

describe("links", () => {
  it("to hosts on the list are opened as they are written, and no others reach the machine", async () => {
    const opened: string[] = [];
    const { host } = await place({
      openExternal: (url) => {
        opened.push(url);
        return Promise.resolve();
      },
    });
    const reader = readerOf(host);
    for (const name of LINK_HOSTS)
      expect(await reader.call("link.open", { url: `https://${name}/a?b=c` })).toEqual({ opened: true });
    expect(opened).toEqual(LINK_HOSTS.map((name) => `https://${name}/a?b=c`));
    for (const url of [
      "http://github.com/",
      "https://github.com.evil.example/",
      "https://evil.example/github.com",
      "https://github.com:8443/",
      "https://user@github.com/",
      "https://:secret@github.com/",
      "https://github.com@evil.example/",
      "javascript:alert(1)",
      "file:///etc/passwd",
      "//github.com/",
      "github.com",
      "",
    ])
      expect(await reader.refusal("link.open", { url }), url).toMatchObject({ code: "refused" });
    expect(opened).toHaveLength(LINK_HOSTS.length);
  });

  it("are not opened by a host that cannot", async () => {
    const { host } = await place();
    expect(await readerOf(host).call("link.open", { url: "https://github.com/" })).toEqual({ opened: false });
  });
});

describe("hostile inputs", () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const HOSTILE: readonly (readonly [string, unknown])[] = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "x"],
    ["a list", []],
    ["a deep nest", deep(50)],
    ["a thousand fields", Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 1]))],
    ["a megabyte", { note: "x".repeat(1_000_000) }],
    ["a prototype", JSON.parse('{"__proto__": {"operator": "x"}}')],
    ["lists for texts", { operator: ["x"], note: ["x"], id: ["x"], name: ["x"], item: ["x"], key: ["x"] }],
    ["numbers for texts", { operator: 1, note: 1, id: 1, name: 1, item: 1, key: 1, url: 1, symbol: 1, token: 1 }],
  ];

  it.each(HOSTILE)("such as %s are refused by every procedure that asks for something", async (_what, input) => {
    const { host, problems } = await place();
    const reader = readerOf(host);
    for (const [procedure, { input: schema }] of Object.entries(PROCEDURES)) {
      if (z.safeParse(schema, {}).success) continue;
      const { code } = await reader.refusal(procedure, input);
      expect(["invalid_input", "too_large"], procedure).toContain(code);
    }
    expect(problems).toEqual([]);
  });

  it.each(["", "session", "session.start ", "constructor", "__proto__", "toString", "hasOwnProperty"])(
    "such as the procedure %j are refused",
    async (procedure) => {
      const { host } = await place();
      expect(await readerOf(host).refusal(procedure, {})).toMatchObject({ code: "invalid_input" });
    },
  );

  it.each([
    { speed: 2 },
    { speed: "MAX" },
    { speed: null },
    { forSeconds: 0 },
    { forSeconds: -1 },
    { forSeconds: 1e12 },
    { forSeconds: Number.NaN },
    { seed: "" },
    { seed: "  " },
    { seed: "s".repeat(81) },
  ])("such as %j start nothing", async (input) => {
    const { host } = await place();
    const reader = readerOf(host);
    expect(await reader.refusal("session.start", input)).toMatchObject({ code: "invalid_input" });
    expect(host.sessionRunning()).toBe(false);
  });

  it("end the connection where they are no message, and leave the others alone", async () => {
    const { host } = await place();
    const [good, bad] = [readerOf(host), readerOf(host)];
    good.subscribe("app");
    bad.send({ kind: "subscribe", stream: "__proto__" });
    expect(bad.reason).toMatch(/does not exist/);
    expect((await good.until("app")).desk.name).toBe("demo");
    expect(good.reason).toBeNull();
  });

  it("such as too many connections are turned away, until one goes", async () => {
    const { host } = await place();
    const readers = Array.from({ length: CONNECTIONS_MAX }, () => readerOf(host));
    const reasons: string[] = [];
    const extra = host.connect(
      () => undefined,
      (reason) => reasons.push(reason),
    );
    expect(reasons).toHaveLength(1);
    extra.receive({ kind: "call", id: 1, procedure: "settings.read", input: {} });
    readers[0]?.close();
    expect(await readerOf(host).call("settings.read", {})).toEqual({ settings: {} });
  });
});

describe("a desk file with a mistake", () => {
  // The fifth line, misspelled.
  const broken = readFileSync(join(resourcesFolder(), "demo", "desk.yaml"), "utf8").replace(
    "dollar_per_trade:",
    "dolar_per_trade:",
  );

  it("is reported with its place, starts nothing, and is read again on request", async () => {
    const { host, workspace } = await place({ desk: broken });
    const reader = readerOf(host);
    reader.subscribe("app", "sessions");
    const { desk } = await reader.until("app");
    expect(desk.error?.code).toBe("desk_invalid");
    expect(desk.error?.message).toMatch(/desk\.yaml:5:1/);
    expect(desk.error?.message).toContain("dollar_per_trade");
    expect(await reader.refusal("session.start", {})).toMatchObject({ code: "desk_invalid" });
    expect((await reader.until("sessions")).total).toBe(0);
    rmSync(join(workspace, "desk.yaml"));
    await reader.call("sessions.refresh", {});
    const repaired = await reader.until("app", (view) => view.desk.error === null);
    expect(repaired.desk).toMatchObject({ name: "demo", strategies: 24, symbols: 12 });
    expect(reader.faults).toEqual([]);
  });

  it("written while the console is open keeps the sessions within reach", async () => {
    const { host, workspace } = await place();
    const reader = readerOf(host);
    reader.subscribe("app", "session", "sessions");
    const { id } = await reader.call("session.start", { speed: "max", forSeconds: 30 });
    await reader.state("stopped");
    writeFileSync(join(workspace, "desk.yaml"), broken);
    expect(await reader.refusal("session.start", {})).toMatchObject({ code: "desk_invalid" });
    await reader.until("app", (view) => view.desk.error !== null);
    expect((await reader.call("sessions.summary", { id })).markdown).not.toBe("");
    // The session has its own desk in its journal, so it opens whatever became of the file.
    expect(await reader.call("session.reopen", { id })).toEqual({ id });
  });
});

describe("a workspace", () => {
  it("that cannot be made is reported as such", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const options = { workspace: join(folder, "file", "ws"), hostKind: "loopback", version: "0" } as const;
    await expect(createConsoleHost(options)).rejects.toMatchObject({ code: "io" });
  });

  it("with a session that cannot be read lists it with its problem, and the others", async () => {
    const workspace = temporaryFolder();
    const broken = join(workspace, "sessions", "2026-01-01_0000_basket_book");
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, "session.json"), "{");
    const { host } = await place({ workspace });
    const reader = readerOf(host);
    reader.subscribe("sessions", "session", "app");
    const { sessions } = await reader.until("sessions");
    const listed = sessions["2026-01-01_0000_basket_book"];
    expect(listed).toMatchObject({ state: "unreadable", open: false, runs: null });
    expect(listed?.problem).not.toBe("");
    expect((await reader.until("app")).latest).toBeNull();
    await reader.call("session.start", { speed: "max", forSeconds: 10 });
    await reader.state("stopped");
    await reader.until("sessions", (view) => view.total === 2);
    expect(reader.faults).toEqual([]);
  });

  it("takes settings of the environment, which go before the file's", async () => {
    const { host } = await place({ environment: { LOGOS_RATE_LIMIT_PER_SEC: "3" } });
    const reader = readerOf(host);
    reader.subscribe("router");
    await reader.call("session.start", { speed: 1 });
    expect((await reader.until("router", (view) => view.rateLimitPerSec > 0)).rateLimitPerSec).toBe(3);
  });
});
