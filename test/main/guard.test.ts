/**
 * What the page may not do, each thing tried: preferences, permissions, navigation, requests, links, the protocol's paths, fuses.
 *
 * 1. Every permission name that Electron's own types list is tried, so a name that a later version brings is tried too.
 */
import { FuseV1Options } from "@electron/fuses";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { POLICY } from "../../src/console/state/pages.ts";
import { guardContents, guardSession, popOutPage, type PopOut } from "../../src/main/guard.ts";
import { allowedLink, LINK_HOSTS } from "../../src/main/links.ts";
import { PREFERENCES } from "../../src/main/preferences.ts";
import { answerPage, registerScheme } from "../../src/main/protocol.ts";
import type { WebContents } from "../../src/main/electron.ts";
import { FUSES } from "../../scripts/fuses.ts";
import { FakeContents, FakeElectron, FakeEvent } from "../sim/electron/electron.ts";

const top = join(import.meta.dirname, "..", "..");
const types = readFileSync(join(top, "node_modules", "electron", "electron.d.ts"), "utf8");

/** Every permission that Electron's types name, for requests and checks. */
const permissions = [
  ...new Set(
    [...types.matchAll(/setPermission(?:Request|Check)Handler\(handler: \(\([^)]*?permission: ([^,]*),/g)].flatMap(
      (match) => [...(match[1] ?? "").matchAll(/'([^']+)'/g)].map((name) => name[1] ?? ""),
    ),
  ),
];

describe("preferences", () => {
  it("are frozen and switch on what protects and off what does not", () => {
    expect(Object.isFrozen(PREFERENCES)).toBe(true);
    expect(PREFERENCES).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      enableBlinkFeatures: "",
      plugins: false,
      navigateOnDragDrop: false,
      enableDeprecatedPaste: false,
      spellcheck: false,
    });
  });

  it("name no key that Electron does not have", () => {
    const section = /interface WebPreferences \{([\s\S]*?)\n {2}\}/.exec(types)?.[1] ?? "";
    for (const key of Object.keys(PREFERENCES)) expect(section, key).toContain(`    ${key}?:`);
  });
});

describe("permissions", () => {
  const { defaultSession, ...electron } = new FakeElectron();
  guardSession(defaultSession as never);
  const { handlers } = defaultSession as unknown as {
    handlers: Record<string, (...values: unknown[]) => unknown>;
  };

  it("are known by name", () => {
    expect(electron).toBeDefined();
    expect(permissions.length).toBeGreaterThan(30);
  });

  const asked = (permission: string, requestingUrl: string, isMainFrame = true): unknown[] => {
    const answers: unknown[] = [];
    const answer = (granted: boolean): unknown => answers.push(granted);
    handlers["permissionRequest"]?.(null, permission, answer, { requestingUrl, isMainFrame });
    return answers;
  };
  const checked = (permission: string, origin: string, details: object = {}): unknown =>
    handlers["permissionCheck"]?.(null, permission, origin, { isMainFrame: true, ...details });

  it.each([...permissions, "a name of a later version"].filter((name) => name !== "notifications"))(
    "%s is denied",
    (permission) => {
      expect(asked(permission, "logos://console/")).toEqual([false]);
      expect(checked(permission, "logos://console/")).toBe(false);
    },
  );

  it("of notifications are given to the console's own pages alone", () => {
    expect(permissions).toContain("notifications");
    for (const url of ["logos://console/", "logos://console/#desk", "logos://console/?view=desk&panel=Equity"])
      expect(asked("notifications", url), url).toEqual([true]);
    expect(asked("notifications", "logos://console/", false)).toEqual([false]);
    for (const url of ["", "logos://console", "logos://console.evil/", "https://console/", "file:///", "about:blank"])
      expect(asked("notifications", url), url).toEqual([false]);
    for (const origin of ["logos://console", "logos://console/"]) {
      expect(checked("notifications", origin), origin).toBe(true);
      expect(checked("notifications", origin, { isMainFrame: false }), origin).toBe(true);
      expect(checked("notifications", origin, { embeddingOrigin: "https://example.com/" }), origin).toBe(false);
    }
    for (const origin of ["", "null", "logos://console.evil/", "logos://other/", "https://console/", "file:///"])
      expect(checked("notifications", origin), origin).toBe(false);
  });

  it("of devices, screens and pairings are denied", () => {
    for (const deviceType of ["hid", "serial", "usb"]) expect(handlers["device"]?.({ deviceType })).toBe(false);
    const streams: unknown[] = [];
    handlers["displayMedia"]?.({}, (given: unknown) => streams.push(given));
    expect(streams).toEqual([{}]);
    const pairings: unknown[] = [];
    handlers["bluetooth"]?.({}, (given: unknown) => pairings.push(given));
    expect(pairings).toEqual([{ confirmed: false }]);
    expect(defaultSession.spelling).toBe(false);
  });

  it.each([
    ["logos://console/", false],
    ["logos://console/assets/index.js", false],
    ["blob:logos://console/1", false],
    ["https://example.com/", true],
    ["http://127.0.0.1/", true],
    ["logos://console.evil/", true],
    ["logos://other/", true],
    ["ws://127.0.0.1/", true],
    ["file:///etc/passwd", true],
    ["blob:https://example.com/1", true],
  ])("a request to %s is cancelled: %s", (url, cancel) => {
    const answers: unknown[] = [];
    handlers["request"]?.({ url }, (answer: unknown) => answers.push(answer));
    expect(answers).toEqual([{ cancel }]);
  });

  it.each([
    ["blob:logos://console/5", false],
    ["https://example.com/a.exe", true],
    ["blob:https://example.com/5", true],
    ["logos://console/index.html", true],
  ])("a download of %s is stopped: %s", (url, stopped) => {
    const event = new FakeEvent();
    defaultSession.emit("will-download", event, { getURL: () => url });
    expect(event.defaultPrevented).toBe(stopped);
  });
});

describe("navigation", () => {
  const opened: string[] = [];
  const poppedOut: PopOut[] = [];
  const contents = new FakeContents();
  guardContents(contents as unknown as WebContents, {
    external: (url) => opened.push(url),
    popOut: (_opener, wanted) => poppedOut.push(wanted),
  });

  it.each([
    ["will-navigate", "https://example.com/", true],
    ["will-navigate", "logos://console/other.html", true],
    ["will-navigate", "logos://console.evil/", true],
    ["will-navigate", "file:///etc/passwd", true],
    ["will-navigate", "javascript:alert(1)", true],
    ["will-navigate", "logos://console/", false],
    ["will-navigate", "logos://console/#desk", false],
    ["will-navigate", "logos://console/?view=desk", false],
    ["will-navigate", "logos://console/?view=desk&to=https://example.com/", true],
    ["will-frame-navigate", "https://example.com/", true],
    ["will-frame-navigate", "logos://console/", false],
    ["will-redirect", "logos://console/", true],
    ["will-attach-webview", "logos://console/", true],
    ["certificate-error", "https://example.com/", true],
    ["login", "https://example.com/", true],
    ["select-bluetooth-device", "", true],
    ["select-client-certificate", "", true],
  ])("%s to %s is stopped: %s", (name, url, stopped) => {
    const event = new FakeEvent({ url, isMainFrame: true });
    contents.emit(name, event);
    expect(event.defaultPrevented).toBe(stopped);
  });

  it("of an inner frame is stopped, whatever it asks for", () => {
    for (const name of ["will-navigate", "will-frame-navigate"]) {
      const event = new FakeEvent({ url: "logos://console/", isMainFrame: false });
      contents.emit(name, event);
      expect(event.defaultPrevented).toBe(true);
    }
  });

  it("to a new window is denied; a link of the list opens outside", () => {
    const link = `https://${LINK_HOSTS[0] ?? ""}/`;
    for (const url of [
      "https://example.com/",
      "http://github.com/",
      "logos://console/",
      "file:///x",
      "not a url",
      link,
    ])
      expect(contents.windowOpenHandler?.({ url })).toEqual({ action: "deny" });
    expect(opened).toEqual([link]);
    expect(poppedOut).toEqual([]);
  });

  it("to a view or panel of its own is denied to the page, and asked of the program", () => {
    const answer = contents.windowOpenHandler?.({ url: "logos://console/?view=metrics&panel=Open+orders" });
    expect(answer).toEqual({ action: "deny" });
    expect(poppedOut).toEqual([{ url: "logos://console/?view=metrics&panel=Open+orders", panel: "Open orders" }]);
    expect(opened).toHaveLength(1);
  });

  it.each<[address: string, url: string | null]>([
    ["logos://console/?view=desk", "logos://console/?view=desk"],
    ["logos://console/?view=desk#elsewhere", "logos://console/?view=desk"],
    ["logos://console/?view=desk&panel=a%26b%3C", "logos://console/?view=desk&panel=a%26b%3C"],
    ["logos://console/", null],
    ["logos://console/?", null],
    ["logos://console/?panel=Equity", null],
    ["logos://console/?view=", null],
    ["logos://console/?view=../x", null],
    ["logos://console/?view=desk&view=log", null],
    ["logos://console/?view=desk&panel=a&panel=b", null],
    ["logos://console/?view=desk&token=1", null],
    ["logos://console/index.html?view=desk", null],
    ["logos://console.evil/?view=desk", null],
    ["logos://user@console/?view=desk", null],
    ["https://console/?view=desk", null],
    ["javascript:view=desk", null],
    [`logos://console/?view=desk&panel=${"a".repeat(600)}`, null],
  ])("pop-out %s → %s", (address, url) => {
    expect(popOutPage(address)?.url ?? null).toBe(url);
  });

  it.each([
    ["https://github.com/a", "https://github.com/a"],
    ["http://github.com/a", null],
    ["https://github.com.evil.com/", null],
    ["https://evilgithub.com/", null],
    ["https://me@github.com/", null],
    ["https://github.com:8443/", null],
    ["https://github.com\\@evil.com/", "https://github.com/@evil.com/"],
    ["javascript:alert(1)", null],
    ["", null],
    [`https://github.com/${"a".repeat(2_000)}`, null],
  ])("link %s → %s", (text, link) => {
    expect(allowedLink(text)).toBe(link);
  });
});

describe("logos://", () => {
  const folder = mkdtempSync(join(tmpdir(), "logos-views-"));
  const views = join(folder, "renderer");
  mkdirSync(join(views, "assets"), { recursive: true });
  mkdirSync(join(folder, "renderer-evil"));
  writeFileSync(join(views, "index.html"), "<!doctype html>");
  writeFileSync(join(views, "assets", "a.js"), "1;");
  writeFileSync(join(views, "assets", "a b.css"), "a{}");
  writeFileSync(join(views, "notes.txt"), "no type");
  writeFileSync(join(views, ".secret.json"), "{}");
  writeFileSync(join(folder, "secret.json"), "{}");
  writeFileSync(join(folder, "renderer-evil", "b.js"), "2;");
  symlinkSync(join(folder, "secret.json"), join(views, "link.json"));
  symlinkSync(join(folder, "renderer-evil"), join(views, "linked"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["logos://console/", 200],
    ["logos://console/index.html", 200],
    ["logos://console/index.html?a=1#b", 200],
    ["logos://console/assets/a.js", 200],
    ["logos://console/assets/a%20b.css", 200],
    ["logos://console", 403],
    ["logos://console.evil/", 403],
    ["logos://other/index.html", 403],
    ["logos://user@console/index.html", 403],
    ["logos://console:80/index.html", 403],
    ["https://console/index.html", 403],
    ["logos://console/../secret.json", 404],
    ["logos://console/%2e%2e/secret.json", 404],
    ["logos://console/assets/..%2f..%2fsecret.json", 404],
    ["logos://console/..%5csecret.json", 404],
    ["logos://console/..\\secret.json", 404],
    ["logos://console/index.html%00.js", 404],
    ["logos://console/../renderer-evil/b.js", 404],
    ["logos://console//index.html", 404],
    ["logos://console/assets/./a.js", 404],
    ["logos://console/%", 404],
    ["logos://console/C:/a.js", 404],
    ["logos://console/link.json", 404],
    ["logos://console/linked/b.js", 404],
    ["logos://console/.secret.json", 404],
    ["logos://console/notes.txt", 404],
    ["logos://console/assets", 404],
    ["logos://console/missing.js", 404],
    [`logos://console/${"a".repeat(600)}.js`, 404],
  ])("%s answers %i", async (url, status) => {
    const answer = await answerPage(views, { url, method: "GET" });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await answer.text()) === "").toBe(status !== 200);
  });

  it.each(["POST", "PUT", "HEAD", "DELETE"])("%s is refused", async (method) => {
    expect((await answerPage(views, { url: "logos://console/", method })).status).toBe(405);
  });

  it("is a standard, secure scheme without further privileges", () => {
    const electron = new FakeElectron();
    registerScheme(electron.asElectron());
    expect(electron.schemes).toHaveLength(1);
    expect(electron.schemes[0]).toMatchObject({
      scheme: "logos",
      privileges: { standard: true, secure: true, bypassCSP: false, corsEnabled: false, allowServiceWorkers: false },
    });
  });

  it("has the policy that the map says, parsed back from the header", async () => {
    const answer = await answerPage(views, { url: "logos://console/", method: "GET" });
    const header = answer.headers.get("content-security-policy") ?? "";
    const parsed = Object.fromEntries(
      header.split(";").map((directive) => {
        const [name = "", ...sources] = directive.trim().split(/\s+/);
        return [name, sources];
      }),
    );
    expect(parsed).toEqual(POLICY);
    expect(parsed).toEqual({
      "default-src": ["'none'"],
      "script-src": ["'self'"],
      "style-src": ["'self'", "'unsafe-inline'"],
      "font-src": ["'self'"],
      "img-src": ["'self'", "data:"],
      "connect-src": ["'self'"],
      "frame-ancestors": ["'none'"],
      "base-uri": ["'none'"],
      "form-action": ["'none'"],
    });
  });
});

describe("fuses", () => {
  it("are all named, strictly", () => {
    const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
    const set = FUSES as unknown as Record<string, unknown>;
    for (const name of names)
      expect(typeof set[FuseV1Options[name as keyof typeof FuseV1Options]], name).toBe("boolean");
    expect(FUSES.strictlyRequireAllFuses).toBe(true);
  });

  it("are off and on as the rules say", () => {
    expect(FUSES[FuseV1Options.RunAsNode]).toBe(false);
    expect(FUSES[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(false);
    expect(FUSES[FuseV1Options.EnableNodeCliInspectArguments]).toBe(false);
    expect(FUSES[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(false);
    expect(FUSES[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(true);
    expect(FUSES[FuseV1Options.OnlyLoadAppFromAsar]).toBe(true);
  });
});
