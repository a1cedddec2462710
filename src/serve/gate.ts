/**
 * Who may ask the loopback host what: the decision for one request, from its head alone.
 *
 * 1. `Host` must be exactly one of this server's own names, and there must be exactly one: a page that points its own name at this
 *    machine (DNS rebinding) is refused.
 * 2. A change and the bridge need the exact `Origin` that goes with that `Host`; a missing one, `null`, or any other is refused.
 *    Elsewhere an `Origin` may be missing, but never another's.
 * 3. Nothing that a browser sends by itself opens anything: a page names its key, as a protocol of its WebSocket or as a bearer.
 *    Cookies are not looked at.
 * 4. What a browser itself says comes from another site is refused before it costs the person's own page anything.
 * 5. Headers of a proxy are not looked at. No answer carries a CORS header.
 * 6. Reading changes nothing: only `POST /session`, `POST /logout` and the bridge do anything, and the last two need a key.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Keys } from "./keys.ts";

/** This server's own names as a `Host` header writes them. */
export function ownHosts(address: string, port: number): readonly string[] {
  const names = address === "::1" ? ["[::1]", "localhost"] : ["127.0.0.1", "localhost"];
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/** True when both texts are the same; the time taken does not depend on where they differ. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** Every value of a header, as it came; Node folds some and drops others. */
export function headerValues(request: Pick<IncomingMessage, "rawHeaders">, name: string): string[] {
  const { rawHeaders } = request;
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  return values;
}

/** The protocol that the bridge speaks, and what stands before a key among the protocols that a page offers. */
export const BRIDGE_PROTOCOL = "logos.v1";
const KEY_PROTOCOL = "key.";
const BEARER = /^Bearer ([\w-]+)$/;

/** The key that a page names, where it names exactly one; else null. */
export function keyOf(request: Pick<IncomingMessage, "rawHeaders">): string | null {
  const offered = headerValues(request, "sec-websocket-protocol")
    .flatMap((header) => header.split(","))
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol.startsWith(KEY_PROTOCOL))
    .map((protocol) => protocol.slice(KEY_PROTOCOL.length));
  const borne = headerValues(request, "authorization").map((value) => BEARER.exec(value)?.[1] ?? "");
  const keys = [...offered, ...borne];
  return keys.length === 1 ? (keys[0] ?? null) : null;
}

/**
 * Whether the browser says that another site asks: anything but the page itself and a person who opens an address. A whole tab that
 * is sent here is one of those, too; it gets the page and nothing of what it shows.
 */
function isForeign(request: IncomingMessage): boolean {
  const own = headerValues(request, "sec-fetch-site").every((site) => site === "same-origin" || site === "none");
  const says = (name: string): string => headerValues(request, name).join();
  const opens = says("sec-fetch-mode") === "navigate" && says("sec-fetch-dest") === "document";
  return !own && !(opens && request.method === "GET");
}

export type Decision =
  | { readonly pass: "page"; readonly path: string; readonly head: boolean }
  | { readonly pass: "session" }
  | { readonly pass: "logout"; readonly key: string }
  | { readonly pass: "bridge"; readonly key: string }
  | { readonly refuse: number; readonly why: string };

export interface Gate {
  readonly hosts: readonly string[];
  readonly keys: Pick<Keys, "knows">;
}

const refuse = (status: number, why: string): Decision => ({ refuse: status, why });

function originFits(request: IncomingMessage, host: string, needed: boolean): boolean {
  const origins = headerValues(request, "origin");
  if (origins.length === 0) return !needed;
  return origins.length === 1 && origins[0] === `http://${host}`;
}

/** What a request may do. `upgrade` is true for one that asks for another protocol. */
export function decide(gate: Gate, request: IncomingMessage, upgrade: boolean): Decision {
  const hosts = headerValues(request, "host");
  const host = hosts[0];
  if (hosts.length !== 1 || host === undefined || !gate.hosts.includes(host))
    return refuse(421, "This host is reached by its own address only.");
  const { method } = request;
  const target = request.url ?? "";
  if (!target.startsWith("/")) return refuse(400, "The address of the request is not a path.");
  const path = target.split("?", 1)[0] ?? "";
  const change = method !== "GET" && method !== "HEAD";
  if (!originFits(request, host, change || upgrade)) return refuse(403, "The request comes from another page.");
  if (isForeign(request)) return refuse(403, "The request comes from another page.");
  const key = keyOf(request);
  const known = key !== null && gate.keys.knows(key);
  if (upgrade && (method !== "GET" || target !== "/bridge")) return refuse(404, "There is no such bridge.");
  if (target === "/bridge" && !change) {
    // A page cannot see why its WebSocket was refused, so a plain request gets the same answer.
    if (!known) return refuse(401, "Open the address that the terminal printed.");
    const asked = headerValues(request, "upgrade")[0]?.toLowerCase();
    return upgrade && asked === "websocket" ? { pass: "bridge", key } : refuse(426, "Ask for a WebSocket.");
  }
  if (target === "/session" && method === "POST") return { pass: "session" };
  if (target === "/logout" && method === "POST")
    return known ? { pass: "logout", key } : refuse(401, "Open the address that the terminal printed.");
  if (path === "/session") return refuse(405, "Send the token with POST to /session.");
  if (path === "/bridge" && !change) return refuse(404, "There is no such bridge.");
  if (change) return refuse(405, "Only reading is possible here.");
  return { pass: "page", path, head: method === "HEAD" };
}
