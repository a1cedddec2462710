/**
 * The built views as files: which file an address means, and the headers that go with every page of either transport.
 *
 * 1. A file is served only from inside the folder, after links are followed; an address with `..`, a backslash, a NUL, a colon,
 *    an encoded slash or a name that starts with a dot means nothing.
 * 2. Only types in `TYPES` are served, and nothing longer than `PAGE_BYTES_MAX`.
 * 3. The content security policy is made from one map of directives: no inline script, no eval, no frame, no other origin.
 */
import { readFile, realpath, stat } from "node:fs/promises";
import { extname, isAbsolute, join, relative, sep } from "node:path";

export interface Page {
  readonly body: Uint8Array;
  readonly type: string;
  /** How the body is compressed; null: not at all. */
  readonly encoding: Encoding | null;
}

/** The forms in which the build lays a file beside itself, best first. */
const ENCODINGS = { br: ".br", gzip: ".gz" } as const;
export type Encoding = keyof typeof ENCODINGS;

/** The built renderer's largest file is a fraction of this. */
export const PAGE_BYTES_MAX = 32 * 1024 * 1024;
const PATH_CHARACTERS_MAX = 512;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
};

/** Directive by directive; a directive that is not named falls back to `default-src 'none'`. */
export const POLICY: Readonly<Record<string, readonly string[]>> = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  // The grid and the panels set positions in style attributes.
  "style-src": ["'self'", "'unsafe-inline'"],
  "font-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "connect-src": ["'self'"],
  "frame-ancestors": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
};

/** The headers of every answer, whatever it is. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": Object.entries(POLICY)
    .map(([directive, sources]) => `${directive} ${sources.join(" ")}`)
    .join("; "),
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
  // Not "no-referrer": that makes a browser send `Origin: null` with some requests of the page itself.
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** The file's name inside the folder for an address's path as it came, or null when it means none. */
export function fileNameOf(rawPath: string): string | null {
  if (rawPath.length > PATH_CHARACTERS_MAX || !rawPath.startsWith("/") || /%2f|%5c|%00/i.test(rawPath)) return null;
  if (rawPath === "/") return "index.html";
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    return null;
  }
  if (/[\\\0:]/.test(path)) return null;
  const names = path.slice(1).split("/");
  if (names.some((name) => name === "" || name.startsWith("."))) return null;
  return names.join("/");
}

/** The encodings that a request takes; one with a weight of nothing is none. */
export function encodingsIn(accept: string): Encoding[] {
  const taken = new Set(
    accept.split(",").flatMap((one) => {
      const [name = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase());
      return parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) ? [] : [name];
    }),
  );
  return (Object.keys(ENCODINGS) as Encoding[]).filter((encoding) => taken.has(encoding));
}

/**
 * The file that an address's path means, or null when there is none to serve. `rawPath` is as it came, without the query. Where the
 * build has compressed it in a way that the reader takes, it comes like that.
 */
export async function readPage(
  folder: string,
  rawPath: string,
  encodings: readonly Encoding[] = [],
): Promise<Page | null> {
  const name = fileNameOf(rawPath);
  const type = name === null ? undefined : TYPES[extname(name).toLowerCase()];
  if (name === null || type === undefined) return null;
  try {
    const top = await realpath(folder);
    const path = await realpath(join(top, name));
    const inside = relative(top, path);
    if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return null;
    const found = await stat(path);
    if (!found.isFile() || found.size > PAGE_BYTES_MAX) return null;
    for (const encoding of encodings) {
      const body = await readFile(path + ENCODINGS[encoding]).catch(() => null);
      if (body !== null) return { body, type, encoding };
    }
    return { body: await readFile(path), type, encoding: null };
  } catch {
    // A file that is missing or cannot be read is not there for the reader; the build reports the rest.
    return null;
  }
}
