/** What can be done with the session: each asks what must be asked first, calls the host, and shows what went wrong. */
import type { ErrorShape } from "../../shared/errors.ts";
import type { DriftView, OpenSession } from "../../shared/contract/views.ts";
import { ask, useLive } from "../stores/live.ts";
import { operatorName } from "../stores/prefs.ts";
import { go, goUnlessLeft, notify, question, succeeded } from "../stores/ui.ts";
import { formatDateTime } from "../lib/time.ts";
import { plural, words } from "../lib/format.ts";
import { strategiesOf } from "./scopes.ts";
import { haltSentence } from "../lib/status.ts";

export type Speed = OpenSession["speed"];

const session = (): OpenSession | null => useLive.getState().streams.session?.session ?? null;

export const errorOf = (answer: { ok: boolean; error?: ErrorShape }): ErrorShape | null =>
  answer.ok ? null : (answer.error ?? null);

export async function startSession(speed?: Speed, light = false): Promise<void> {
  const toDesk = goUnlessLeft("desk");
  const answer = await ask("session.start", { ...(speed === undefined ? {} : { speed }), ...(light ? { light } : {}) });
  if (succeeded(answer)) toDesk();
}

/** Starts the busy demo, in which everything that goes wrong goes wrong within five minutes; says whether it started. */
export async function startBusyDemo(): Promise<boolean> {
  const answer = await ask("session.start", { desk: "busy", speed: 1 });
  return succeeded(answer);
}

export async function reopenSession(id: string): Promise<void> {
  const toDesk = goUnlessLeft("desk");
  const answer = await ask("session.reopen", { id });
  const error = errorOf(answer);
  if (error?.code === "code_changed") return askCodeChange(id, error);
  if (succeeded(answer)) toDesk();
}

/** The strategies' code is not what ran in this session before: running it is a decision of its own. */
function askCodeChange(id: string, { detail }: ErrorShape): void {
  const changes = Array.isArray(detail?.["changes"]) ? (detail["changes"] as readonly string[]) : [];
  question({
    title: "Run the changed code?",
    text:
      `Strategy files have changed since ${id} ran. The session's orders, positions and strategy state were made by the earlier ` +
      "code. To run the earlier code, cancel and put its files back. The change is recorded.",
    evidence: { columns: ["What changed"], rows: changes.slice(0, 20).map((change) => [change]) },
    verb: "Run the changed code",
    cancel: "Cancel",
    danger: true,
    note: "none",
    run: async () => {
      const error = errorOf(await ask("session.reopen", { id, acceptCodeChange: true }));
      if (error === null) go("desk");
      return error;
    },
  });
}

export async function pauseSession(): Promise<void> {
  succeeded(await ask("session.pause", { operator: operatorName() }));
}

export async function continueSession(): Promise<void> {
  succeeded(await ask("session.continue", { operator: operatorName() }));
}

export async function setSpeed(speed: Speed): Promise<void> {
  succeeded(await ask("session.speed", { speed }));
}

export async function closeSession(): Promise<void> {
  succeeded(await ask("session.close", {}));
}

export function askStop(): void {
  const open = session();
  if (open === null) return;
  const flight = open.counts.inflight;
  const asked = `${plural(flight, "order")} in flight ${flight === 1 ? "is" : "are"} asked about when it is opened again. `;
  const after = open.light
    ? "A light run has no journal, so it cannot be reopened."
    : `${flight === 0 ? "" : asked}You can reopen it from Sessions.`;
  question({
    title: `Stop the session ${open.id}?`,
    text: `${strategiesOf(open.strategies)} finish their current runs; then the session ends and its files are closed. ${after}`,
    verb: "Stop the session",
    cancel: "Cancel",
    danger: true,
    note: "none",
    run: async ({ operator }) => errorOf(await ask("session.stop", { operator })),
  });
}

/** Resuming is harder than halting: its dialog shows each decision and starts on "Stay halted". */
export function askResume(drift: DriftView): void {
  const open = session();
  if (open === null) return;
  const items = Object.values(drift.items).slice(-20);
  const at = drift.haltReasons[0]?.at ?? open.now;
  question({
    title: `Resume ${open.desk}?`,
    text:
      `Halted at ${formatDateTime(at, "utc")} UTC. ${haltSentence(drift.haltReasons)} ` +
      `Resuming lets ${strategiesOf(open.strategies)} send orders again.`,
    ...(items.length === 0
      ? {}
      : {
          evidence: {
            columns: ["Drift item", "Evidence", "Decision"],
            rows: items.map((item) => [
              words(item.kind),
              item.theirs ?? item.text,
              item.review === null
                ? "To be decided"
                : item.review.action === "adopt"
                  ? `Adopted to ${item.review.strategy ?? "unattributed"}`
                  : "Dismissed",
            ]),
          },
        }),
    verb: `Resume ${strategiesOf(open.strategies)}`,
    cancel: "Stay halted",
    danger: false,
    note: "required",
    run: async ({ operator, note }) => {
      const error = errorOf(await ask("session.resume", { operator, note }));
      if (error === null) notify("Resumed. Strategies send orders again.");
      return error;
    },
  });
}

/** A limit that changes while the session runs: each is shown as it is, and the change is recorded. */
export async function askLimit(): Promise<void> {
  const open = session();
  if (open === null) return;
  const listed = await ask("limits.list", {});
  if (!listed.ok) {
    succeeded(listed);
    return;
  }
  question({
    title: `Change a limit of ${open.desk}?`,
    text:
      "The new limit holds for the next order and the next look at the breakers, in this session alone; the desk file stays " +
      "as it is. A limit that is already passed bites at once.",
    choice: {
      label: "Limit",
      options: listed.value.limits.map(({ name, value }) => ({ value: name, label: `${name} (now ${value})` })),
    },
    value: { label: "New value, as in a desk file", hint: "20000, 0.1, 15m, or none" },
    verb: "Change the limit",
    cancel: "Leave it",
    danger: true,
    note: "required",
    run: async ({ operator, note, choice: name, value }) => {
      const error = errorOf(await ask("limits.change", { limit: name, value, operator, note }));
      if (error === null) notify(`${name} is ${value} now.`);
      return error;
    },
  });
}

/** Paper only: a fill that no order explains, to practise the halt and its review. */
export function askPractice(): void {
  const open = session();
  if (open === null) return;
  question({
    title: "Practice an unknown fill?",
    text:
      "The paper broker will report a fill of one unit that no order of this session explains. " +
      "The session halts, as it would for a real one, and Drift review shows what to do. Only paper is touched.",
    verb: "Send one unknown fill",
    cancel: "Cancel",
    danger: true,
    note: "none",
    run: async () => errorOf(await ask("practice.unknownFill", {})),
  });
}
