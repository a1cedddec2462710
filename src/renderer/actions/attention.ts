/**
 * What reaches a trader who looks elsewhere: the page's title and icon, a desktop notification, a sound.
 *
 * 1. Title and icon show the worst of: connection, session, alerts that are neither over nor acknowledged. Of a console that is lost or
 *    does not respond they claim no state.
 * 2. Only what is raised while this window is open is notified, once, and only where the person switched it on.
 */
import { VIEWS } from "../../shared/views/console-views.ts";
import type { Alert, OpenSession } from "../../shared/contract/views.ts";
import { prefs } from "../stores/prefs.ts";
import type { LinkState } from "../bridge/loopback.ts";
import { useLive } from "../stores/live.ts";
import { useOwnAlerts } from "../stores/own-alerts.ts";
import { useUi } from "../stores/ui.ts";
import { openAlert } from "../stores/targets.ts";

export type Worst = "quiet" | "running" | "warning" | "critical";

/** A mark for each: another shape, not only another colour. */
const MARKS: Readonly<Record<Worst, string>> = { quiet: "", running: "▶ ", warning: "▲ ", critical: "◆ " };
const SHAPES: Readonly<Record<Worst, string>> = {
  quiet: [
    "<path d='M3 2v11h10' fill='none' stroke='%236cb6ff' stroke-width='2'/>",
    "<circle cx='9.5' cy='6' r='3' fill='none' stroke='%236cb6ff' stroke-width='2'/>",
  ].join(""),
  running: "<path d='M4 2.5v11l9-5.5z' fill='%234cc38a'/>",
  warning: "<path d='M8 2l6.5 12h-13z' fill='%23f2b84b'/>",
  critical: "<path d='M8 1l7 7-7 7-7-7z' fill='%23ff6369'/>",
};

interface Seen {
  readonly connection: LinkState;
  readonly session: OpenSession | null;
  readonly critical: number;
  readonly warning: number;
}

/** The worst state, and its word for the title. */
export function worstOf({ connection, session, critical, warning }: Seen): readonly [Worst, string] {
  if (connection === "lost") return ["critical", "Connection lost"];
  if (connection === "silent") return ["critical", "Not responding"];
  if (session?.state === "failed") return ["critical", "Failed"];
  if (session?.state === "halted") return ["critical", "Halted"];
  if (critical > 0) return ["critical", critical === 1 ? "1 critical alert" : `${critical} critical alerts`];
  if (warning > 0) return ["warning", warning === 1 ? "1 alert" : `${warning} alerts`];
  if (session === null || session.state === "stopped") return ["quiet", ""];
  return [session.paused ? "quiet" : "running", session.paused ? "Paused" : ""];
}

function showInTitle(): void {
  const { connection, streams } = useLive.getState();
  const [worst, word] = worstOf({
    connection,
    session: streams.session?.session ?? null,
    critical: streams.alerts?.critical ?? 0,
    warning: streams.alerts?.warning ?? 0,
  });
  const title = `${MARKS[worst]}${word === "" ? "" : `${word} · `}${VIEWS[useUi.getState().view].title} · Logos Console`;
  if (document.title !== title) document.title = title;
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (icon === null || icon.dataset["worst"] === worst) return;
  icon.dataset["worst"] = worst;
  icon.href = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>${SHAPES[worst]}</svg>`;
}

/** Two short tones; lower for a warning. Where the page may make no sound, nothing happens. */
export function chime(severity: Alert["severity"]): void {
  try {
    const audio = new AudioContext();
    const gain = audio.createGain();
    gain.gain.value = 0.12;
    gain.connect(audio.destination);
    const tones = severity === "critical" ? [880, 660, 880] : [523, 523];
    tones.forEach((hertz, index) => {
      const tone = audio.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start(audio.currentTime + index * 0.18);
      tone.stop(audio.currentTime + index * 0.18 + 0.13);
    });
    setTimeout(() => void audio.close(), tones.length * 180 + 200);
  } catch {
    // A machine without sound still shows the alert.
  }
}

/** Asks the browser for its permission; says whether it was given. */
export async function allowNotifications(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  return (await Notification.requestPermission()) === "granted";
}

function notifyDesktop(alert: Alert): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  // The tag is the alert's: several windows of one desk show it once.
  const shown = new Notification(alert.severity === "critical" ? "Logos Console: critical" : "Logos Console", {
    body: alert.text,
    tag: alert.id,
  });
  shown.addEventListener("click", () => {
    window.focus();
    openAlert(alert);
  });
}

function notifyOf(alert: Alert): void {
  if (prefs().notifications) notifyDesktop(alert);
  if (prefs().sound) chime(alert.severity);
}

let newest: number | null = null;
const numberOf = (id: string): number => Number(id.replace("alert-", ""));

/** Notifies what is new. Of many at once only the worst is shown and sounded. */
function notifyNew(rows: Readonly<Record<string, Alert>>): void {
  const last = newest;
  newest = Math.max(last ?? 0, ...Object.keys(rows).map(numberOf));
  if (last === null || newest === last) return;
  const fresh = Object.values(rows).filter(
    ({ id, acknowledged, endedAt }) => numberOf(id) > last && acknowledged === null && endedAt === null,
  );
  const worst = fresh.find(({ severity }) => severity === "critical") ?? fresh.at(-1);
  if (worst !== undefined) notifyOf(worst);
}

/** Keeps title and icon, and notifies, from now on. */
export function followAttention(): void {
  let rows: unknown = null;
  useLive.subscribe(({ streams: { alerts } }) => {
    showInTitle();
    if (alerts === null || alerts.rows === rows) return;
    rows = alerts.rows;
    notifyNew(alerts.rows);
  });
  useOwnAlerts.subscribe(({ alerts }, before) => {
    const [first] = alerts;
    if (first !== undefined && first.id !== before.alerts[0]?.id) notifyOf(first);
  });
  useUi.subscribe(showInTitle);
  showInTitle();
}
