/**
 * What the page may not do: every permission, navigation, window, frame, download and request that is not its own.
 *
 * 1. Every permission request, check and device request is denied, whatever its name.
 * 2. No web contents leaves the console's page: navigation, redirects, frames, new windows and webviews are blocked.
 * 3. No request leaves for the network: only the console's own scheme is answered, and blobs that the page itself made are saved.
 */
import { PAGE_ORIGIN, PAGE_URL } from "../shared/contract/desktop.ts";
import type { Electron, Session, WebContents } from "./electron.ts";
import { allowedLink } from "./links.ts";

/** Denies everything that a page can ask of a session, and keeps it off the network. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
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

/** True for the console's page, whatever follows its `#`. */
function isPage(url: string): boolean {
  return url === PAGE_URL || url.startsWith(`${PAGE_URL}#`);
}

/** Keeps one web contents on the console's page. Links that may leave open outside. */
export function guardContents(contents: WebContents, openExternal: (url: string) => void): void {
  contents.on("will-navigate", (details) => {
    // The page may load itself again; there is nowhere else to go.
    if (!(details.isMainFrame && isPage(details.url))) details.preventDefault();
  });
  contents.on("will-frame-navigate", (details) => {
    if (!(details.isMainFrame && isPage(details.url))) details.preventDefault();
  });
  contents.on("will-redirect", (details) => details.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  for (const event of ["select-bluetooth-device", "select-client-certificate", "certificate-error", "login"] as const)
    contents.on(event as "certificate-error", (details) => details.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const link = allowedLink(url);
    if (link !== null) openExternal(link);
    return { action: "deny" };
  });
}

/** Guards every web contents from its first moment on. */
export function guardApp(electron: Electron): void {
  electron.app.on("web-contents-created", (_event, contents) => {
    guardContents(contents, (url) => void electron.shell.openExternal(url));
  });
}
