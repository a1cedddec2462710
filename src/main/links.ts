/**
 * Links that leave the console.
 *
 * 1. Only https, only the hosts of the list, no user name, no port of its own; everything else opens nothing.
 * 2. A link opens in the person's browser, never in the window.
 */
export const LINK_HOSTS: readonly string[] = ["www.tradingview.com", "www.electronjs.org", "github.com"];

/** The address as the browser gets it, or null when it may not be opened. */
export function allowedLink(text: string): string | null {
  if (text.length > 2_000 || !URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === "" && url.password === "" && url.port === "";
  return url.protocol === "https:" && plain && LINK_HOSTS.includes(url.hostname) ? url.href : null;
}
