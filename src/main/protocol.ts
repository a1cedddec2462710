/**
 * `logos://console/`: the built views, served from their folder and nothing else.
 *
 * 1. Only GET of exactly this scheme and host is answered; the path is contained in the folder (`src/console/state/pages.ts`).
 * 2. Every answer carries the content security policy and its companions, a refusal too.
 */
import { PAGE_HEADERS, readPage } from "../console/state/pages.ts";
import { PAGE_ORIGIN, PAGE_SCHEME } from "../shared/contract/desktop.ts";
import type { Electron } from "./electron.ts";

/** Must run before the app is ready: the scheme is standard and secure, and nothing more. */
export function registerScheme(electron: Electron): void {
  electron.protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        codeCache: true,
        bypassCSP: false,
        corsEnabled: false,
        stream: false,
        allowServiceWorkers: false,
        allowExtensions: false,
      },
    },
  ]);
}

const refusal = (status: number): Response => new Response("", { status, headers: PAGE_HEADERS });

/** Answers one request of the page. */
export async function answerPage(
  folder: string,
  request: { readonly url: string; readonly method: string },
): Promise<Response> {
  if (request.method !== "GET") return refusal(405);
  // The path is taken as it came: parsing it first would fold away what must be refused.
  const match = /^logos:\/\/console(\/[^?#]*)(?:[?#].*)?$/s.exec(request.url);
  if (match === null || !request.url.startsWith(`${PAGE_ORIGIN}/`)) return refusal(403);
  const page = await readPage(folder, match[1] ?? "");
  if (page === null) return refusal(404);
  const body = new Uint8Array(page.body);
  return new Response(body, { status: 200, headers: { ...PAGE_HEADERS, "Content-Type": page.type } });
}

/** Serves the views' folder. */
export function serveViews(electron: Electron, folder: string): void {
  electron.protocol.handle(PAGE_SCHEME, (request) => answerPage(folder, request));
}
