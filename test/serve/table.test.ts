/**
 * Host × Origin × token × method × route, each cell asked of the real server over a raw socket: only the listed cells pass.
 *
 * 1. The list of what passes stands here by itself; it is not computed from the server's own rules.
 * 2. Every answer, a refusal too, has the policy and its companions, no CORS header and no cookie, and only the right token gets a key.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLoopbackHost, type LoopbackHost } from "../../src/serve/index.ts";
import { FakeConsole } from "../sim/electron/console.ts";
import { bytesOf, exchange, UPGRADE, type Answer } from "./wire.ts";

/** Every one of these with every other. */
const HOSTS = ["own", "localhost", "other port", "evil", "upper", "missing", "twice"] as const;
const ORIGINS = ["own", "none", "null", "evil", "other port", "twice", "localhost"] as const;
const TOKENS = ["right", "wrong", "none"] as const;
const METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE"] as const;
const ROUTES = [
  "/",
  "/assets/a.js",
  "/session",
  "/session?a",
  "/bridge",
  "upgrade /bridge",
  "upgrade /",
  "/none",
] as const;
/** Each of these where everything else is right. */
const MORE_HOSTS = ["no port", "evil subdomain", "with user"] as const;
const MORE_ORIGINS = ["https", "own path", "evil suffix"] as const;
const MORE_TOKENS = ["beside others", "longer"] as const;
const MORE_METHODS = ["DELETE", "PATCH"] as const;
const MORE_ROUTES = ["/bridge?a", "upgrade /bridge?a", "upgrade /session", "/Session"] as const;

interface Cell {
  readonly host: (typeof HOSTS | typeof MORE_HOSTS)[number];
  readonly origin: (typeof ORIGINS | typeof MORE_ORIGINS)[number];
  readonly token: (typeof TOKENS | typeof MORE_TOKENS)[number];
  readonly method: (typeof METHODS | typeof MORE_METHODS)[number];
  readonly route: (typeof ROUTES | typeof MORE_ROUTES)[number];
}

let folder = "";
let server: LoopbackHost;
let token = "";
let key = "";
const host = new FakeConsole();

const hostLines = (cell: Cell): [string, string][] => {
  const own = `127.0.0.1:${server.port}`;
  const values: Record<Cell["host"], string[]> = {
    own: [own],
    localhost: [`localhost:${server.port}`],
    "other port": [`127.0.0.1:${server.port === 1 ? 2 : server.port - 1}`],
    "no port": ["127.0.0.1"],
    evil: [`evil.example:${server.port}`],
    "evil subdomain": [`127.0.0.1.evil.example:${server.port}`],
    "with user": [`me@${own}`],
    upper: [`LOCALHOST:${server.port}`],
    missing: [],
    twice: [own, own],
  };
  return values[cell.host].map((value) => ["Host", value]);
};

const originLines = (cell: Cell): [string, string][] => {
  const own = `http://127.0.0.1:${server.port}`;
  const values: Record<Cell["origin"], string[]> = {
    own: [own],
    none: [],
    null: ["null"],
    evil: ["http://evil.example"],
    "other port": [`http://127.0.0.1:${server.port + 1}`],
    https: [own.replace("http:", "https:")],
    "own path": [`${own}/`],
    "evil suffix": [`${own}.evil.example`],
    twice: [own, own],
    localhost: [`http://localhost:${server.port}`],
  };
  return values[cell.origin].map((value) => ["Origin", value]);
};

function bytes(cell: Cell): string {
  const keys: Record<Cell["token"], string | null> = {
    right: `logos.v1, key.${key}`,
    wrong: `logos.v1, key.${key.slice(1)}x`,
    none: null,
    longer: `logos.v1, key.${key}x`,
    "beside others": `a, key.${key}, b`,
  };
  const tokens: Record<Cell["token"], string> = {
    right: token,
    "beside others": token,
    wrong: `${token.slice(1)}x`,
    longer: `${token}x`,
    none: "",
  };
  const given = tokens[cell.token];
  const value = keys[cell.token];
  const body = cell.method === "POST" ? JSON.stringify(cell.token === "none" ? {} : { token: given }) : "";
  const upgrade = cell.route.startsWith("upgrade ");
  return bytesOf({
    method: cell.method,
    target: cell.route.replace("upgrade ", ""),
    headers: [
      ...hostLines(cell),
      ...originLines(cell),
      ...(value === null ? [] : ([["Sec-WebSocket-Protocol", value]] as const)),
      // Headers of a proxy mean nothing here, and no cookie does.
      ["Cookie", `logos_${server.port}=${key}`],
      ["X-Forwarded-Host", `127.0.0.1:${server.port}`],
      ["Forwarded", `host=127.0.0.1:${server.port}`],
      ...(upgrade ? UPGRADE : ([["Connection", "close"]] as const)),
      ...(body === ""
        ? []
        : ([
            ["Content-Type", "application/json"],
            ["Content-Length", String(body.length)],
          ] as const)),
    ],
    body,
  });
}

/** What passes. `own` origin goes with the `own` host, `localhost` with `localhost`. */
function passes(cell: Cell): number | null {
  const named = cell.host === "own" || cell.host === "localhost";
  const sameOrigin = named && cell.origin === cell.host;
  const right = cell.token === "right" || cell.token === "beside others";
  const reading = cell.method === "GET" || cell.method === "HEAD";
  if (
    named &&
    (sameOrigin || cell.origin === "none") &&
    reading &&
    (cell.route === "/" || cell.route === "/assets/a.js")
  )
    return 200;
  if (sameOrigin && cell.method === "POST" && cell.route === "/session" && right) return 200;
  if (sameOrigin && cell.method === "GET" && cell.route === "upgrade /bridge" && right) return 101;
  return null;
}

function cells(): Cell[] {
  const all: Cell[] = HOSTS.flatMap((host) =>
    ORIGINS.flatMap((origin) =>
      TOKENS.flatMap((token) =>
        METHODS.flatMap((method) => ROUTES.map((route) => ({ host, origin, token, method, route }))),
      ),
    ),
  );
  const own = { host: "own", origin: "own", token: "right" } as const;
  const right: Cell[] = [
    { ...own, method: "GET", route: "/" },
    { ...own, method: "POST", route: "/session" },
    { ...own, method: "GET", route: "upgrade /bridge" },
  ];
  const more = right.flatMap((cell): Cell[] => [
    ...MORE_HOSTS.map((host) => ({ ...cell, host })),
    ...MORE_ORIGINS.map((origin) => ({ ...cell, origin })),
    ...MORE_TOKENS.map((token) => ({ ...cell, token })),
    ...MORE_METHODS.map((method) => ({ ...cell, method })),
    ...MORE_ROUTES.map((route) => ({ ...cell, route })),
  ]);
  return [...all, ...more];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "logos-serve-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>console</title>");
  writeFileSync(join(folder, "assets", "a.js"), "1;");
  server = await startLoopbackHost({
    host,
    rendererFolder: folder,
    // The table asks thousands of things at once; the limits have tests of their own.
    limits: {
      keysMax: 1e9,
      tokenUsesMax: 1e9,
      requestsBurst: 1e9,
      wrongTokensBurst: 1e9,
      connectionsMax: 10_000,
      bridgesMax: 10_000,
    },
  });
  token = new URL(server.url).hash.replace("#token=", "");
  const first = await exchange(
    server.port,
    bytes({ host: "own", origin: "own", token: "right", method: "POST", route: "/session" }),
  );
  expect(first.status).toBe(200);
  key = /^\{"key":"([\w-]{43})"\}$/m.exec(first.text)?.[1] ?? "";
  expect(key).not.toBe("");
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** What is wrong with an answer, one sentence each. */
function faults(cell: Cell, answer: Answer): string[] {
  const wanted = passes(cell);
  const where = JSON.stringify(cell);
  const found: string[] = [];
  if (wanted !== null && answer.status !== wanted) found.push(`${where}: ${answer.status} instead of ${wanted}`);
  if (wanted === null && !(answer.status >= 400 && answer.status < 500))
    found.push(`${where} passed: ${answer.status}`);
  if (answer.headers.has("set-cookie")) found.push(`${where}: cookie`);
  if (answer.text.includes(token)) found.push(`${where}: the token is in the answer`);
  if (key !== "" && answer.text.includes(key)) found.push(`${where}: the key is in the answer`);
  if ([...answer.headers.keys()].some((name) => name.startsWith("access-control-"))) found.push(`${where}: CORS`);
  if (wanted === 101) return found;
  const policy = answer.headers.get("content-security-policy") ?? "";
  if (!policy.includes("frame-ancestors 'none'") || !policy.includes("default-src 'none'"))
    found.push(`${where}: policy`);
  if (answer.headers.get("x-content-type-options") !== "nosniff") found.push(`${where}: nosniff`);
  if (answer.headers.get("cache-control") !== "no-store") found.push(`${where}: no-store`);
  return found;
}

describe("the table", () => {
  it("lets exactly the listed cells pass", async () => {
    const all = cells();
    const wrong: string[] = [];
    const waiting = [...all];
    const worker = async (): Promise<void> => {
      for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop())
        wrong.push(...faults(cell, await exchange(server.port, bytes(cell))));
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(wrong).toEqual([]);
    // Each kind of passing cell is in the table, so that a server that refuses everything fails.
    expect(new Set(all.map(passes))).toEqual(new Set([null, 200, 101]));
    expect(all.length).toBeGreaterThan(HOSTS.length * ORIGINS.length * TOKENS.length * METHODS.length * ROUTES.length);
    expect(host.readers.length).toBe(all.filter((cell) => passes(cell) === 101).length);
  });
});
