/**
 * Who may ask the loopback host what: the decision for one request, from its head alone.
 *
 * 1. `Host` must be exactly one of this server's own names, and there must be exactly one: a page that points its own name at this
 *    machine (DNS rebinding) is refused.
 * 2. A change and the bridge need the exact `Origin` that goes with that `Host`; a missing one, `null`, or any other is refused.
 *    Elsewhere an `Origin` may be missing, but never another's.
 * 3. Secrets are compared in constant time. Headers of a proxy are not looked at. No answer carries a CORS header.
 * 4. Reading changes nothing: only `POST /session` and the bridge do anything, and the bridge needs the cookie as well.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** This server's own names as a `Host` header writes them. */
export function ownHosts(address: string, port: number): readonly string[] {
  const names = address === "::1" ? ["[::1]", "localhost"] : ["127.0.0.1", "localhost"];
  return names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/** True when both texts are the same; the time taken tells nothing about where they differ. */
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

/** The value of a cookie that came exactly once, or null. */
export function cookieValue(request: Pick<IncomingMessage, "rawHeaders">, name: string): string | null {
  const found = headerValues(request, "cookie")
    .flatMap((header) => header.split(";"))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return found.length === 1 ? (found[0] ?? null) : null;
}

export type Decision =
  | { readonly pass: "page"; readonly path: string; readonly head: boolean }
  | { readonly pass: "session" }
  | { readonly pass: "bridge" }
  | { readonly refuse: number; readonly why: string };

export interface Gate {
  readonly hosts: readonly string[];
  readonly cookieName: string;
  readonly cookieSecret: string;
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
  const cookie = cookieValue(request, gate.cookieName);
  const known = cookie !== null && sameSecret(cookie, gate.cookieSecret);
  if (upgrade && (method !== "GET" || target !== "/bridge")) return refuse(404, "There is no such bridge.");
  if (target === "/bridge" && !change) {
    // A page cannot see why its WebSocket was refused, so a plain request is told the same.
    if (!known) return refuse(401, "Open the address that the terminal printed.");
    const asked = headerValues(request, "upgrade")[0]?.toLowerCase();
    return upgrade && asked === "websocket" ? { pass: "bridge" } : refuse(426, "Ask for a WebSocket.");
  }
  if (target === "/session" && method === "POST") return { pass: "session" };
  if (path === "/session") return refuse(405, "Send the token with POST to /session.");
  if (path === "/bridge" && !change) return refuse(404, "There is no such bridge.");
  if (change) return refuse(405, "Only reading is possible here.");
  return { pass: "page", path, head: method === "HEAD" };
}
