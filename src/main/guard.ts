/**
 * What the page may not do: every permission, navigation, window, frame, download and request that is not its own.
 *
 * 1. Notifications are allowed to the console's own origin, so that an alert reaches a trader who looks elsewhere. Every other
 *    permission request, check and device request is denied, whatever its name.
 * 2. No web contents leaves the console's page: navigation, redirects, frames, new windows and webviews are blocked. A page never
 *    opens a window by itself: for a view or panel of its own it asks, and the program makes a guarded one.
 * 3. No request leaves for the network: only the console's own scheme is answered, and blobs that the page itself made are saved.
 */
import { PAGE_ORIGIN, PAGE_URL } from "../shared/contract/desktop.ts";
import type { Electron, Session, WebContents } from "./electron.ts";
import { allowedLink } from "./links.ts";

/** No address of a pop-out is longer. */
const ADDRESS_MAX = 500;

/** Denies everything but notifications that a page can ask of a session, and keeps it off the network. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(permission === "notifications" && details.isMainFrame && isOwnPage(details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    // A check of notifications is made for an origin, sometimes without any frame; a frame inside another site names that site.
    const embedded = details.embeddingOrigin !== undefined && !isOwnOrigin(details.embeddingOrigin);
    return permission === "notifications" && isOwnOrigin(origin) && !embedded;
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwn(details.url) }));
  session.on("will-download", (event, item) => {
    // An export is a blob that the page made; nothing else is saved.
    if (!item.getURL().startsWith(`blob:${PAGE_ORIGIN}/`)) event.preventDefault();
  });
}

function isOwn(url: string): boolean {
  return url.startsWith(PAGE_URL) || url.startsWith(`blob:${PAGE_ORIGIN}/`) || url.startsWith("devtools://devtools/");
}

/** An origin as Electron writes it: with or without its last slash. */
function isOwnOrigin(origin: string): boolean {
  return origin === PAGE_ORIGIN || origin === PAGE_URL;
}

function isOwnPage(url: string): boolean {
  return isPage(url) || popOutPage(url) !== null;
}

/** True for the console's page, whatever follows its `#`. */
function isPage(url: string): boolean {
  return url === PAGE_URL || url.startsWith(`${PAGE_URL}#`);
}

/** A view, or one panel of it, in a window of its own. */
export interface PopOut {
  /** The address, put together from its checked parts. */
  readonly url: string;
  /** The panel that is shown alone; null for the whole view. */
  readonly panel: string | null;
}

/** What a pop-out's address asks for, or null where it is none: the console's page with `view`, `panel` and nothing else. */
export function popOutPage(text: string): PopOut | null {
  if (text.length > ADDRESS_MAX || !text.startsWith(`${PAGE_URL}?`) || !URL.canParse(text)) return null;
  const { searchParams } = new URL(text);
  const names = [...searchParams.keys()].join();
  const view = searchParams.get("view") ?? "";
  const panel = searchParams.get("panel");
  if ((names !== "view" && names !== "view,panel") || !/^[a-z-]{1,40}$/.test(view)) return null;
  const query = new URLSearchParams({ view, ...(panel === null ? {} : { panel }) });
  return { url: `${PAGE_URL}?${query.toString()}`, panel };
}

/** What a guarded page may have opened for it. */
export interface Openers {
  /** Opens a link of the list in the person's browser. */
  readonly external: (url: string) => void;
  readonly popOut: (opener: WebContents, wanted: PopOut) => void;
}

/** Keeps one web contents on the console's page. Links that may leave open outside. */
export function guardContents(contents: WebContents, openers: Openers): void {
  contents.on("will-navigate", (details) => {
    // The page may load itself again; there is nowhere else to go.
    if (!(details.isMainFrame && isOwnPage(details.url))) details.preventDefault();
  });
  contents.on("will-frame-navigate", (details) => {
    if (!(details.isMainFrame && isOwnPage(details.url))) details.preventDefault();
  });
  contents.on("will-redirect", (details) => details.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  for (const event of ["select-bluetooth-device", "select-client-certificate", "certificate-error", "login"] as const)
    contents.on(event as "certificate-error", (details) => details.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const wanted = popOutPage(url);
    if (wanted !== null) openers.popOut(contents, wanted);
    const link = allowedLink(url);
    if (link !== null) openers.external(link);
    return { action: "deny" };
  });
}

/** Guards every web contents from its first moment on. */
export function guardApp(electron: Electron, popOut: Openers["popOut"]): void {
  electron.app.on("web-contents-created", (_event, contents) => {
    guardContents(contents, { external: (url) => void electron.shell.openExternal(url), popOut });
  });
}
