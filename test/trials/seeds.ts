/**
 * Equal seeds: one session in two processes with other folders, time zones and locales must write the same bytes.
 *
 * Fault model: whatever of the machine could leak into a decision: the zone, the locale, the folder's name, the time of day.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSession, openWorkspace } from "../../src/store/index.ts";
import { BROKEN_MAX, type Trial } from "./trial.ts";

const FILES = ["router_state.json", "orders.csv", "fills.csv", "equity_curve.csv", "orchestrator_metrics.jsonl"];
const PLACES = [
  { TZ: "UTC", LC_ALL: "C" },
  { TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8" },
  { TZ: "America/St_Johns", LC_ALL: "tr_TR.UTF-8" },
];
const logos = join(import.meta.dirname, "..", "..", "src", "cli", "logos.ts");

/** The bytes of a run's files, in one place of the world. */
function bytesOf(seed: string, place: NodeJS.ProcessEnv): string[] {
  const folder = mkdtempSync(join(tmpdir(), "logos-seed-"));
  try {
    const args = [logos, "run", "demo", "--seed", seed, "--for", "5m", "--workspace", folder];
    const child = spawnSync(process.execPath, args, { env: { PATH: process.env["PATH"], ...place }, encoding: "utf8" });
    if (child.status !== 0) return [`exit ${String(child.status)}: ${child.stderr}`];
    const session = findSession(openWorkspace(folder), "latest");
    return FILES.map((file) => readFileSync(join(session.folder, file), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const seeds: Trial = {
  name: "equal seeds",
  holds: "the same bytes in another process, folder, time zone and locale",
  short: 1,
  long: 100,
  run: async (cases, seed, progress) => {
    const broken: string[] = [];
    for (let number = 0; number < cases; number++) {
      const own = `${seed}-${number}`;
      const first = bytesOf(own, PLACES[0] ?? {});
      const other = bytesOf(own, PLACES[1 + (number % 2)] ?? {});
      const at = first.findIndex((text, index) => text !== other[index]);
      if ((at >= 0 || first.length !== FILES.length) && broken.length < BROKEN_MAX)
        broken.push(`seed ${own}: ${at >= 0 ? FILES[at] : first[0]}`);
      progress(number + 1);
    }
    return { cases, counts: { files: FILES.length * cases }, broken };
  },
  // Another seed is another session: a comparison that calls them equal sees nothing.
  canary: async () => bytesOf("one", PLACES[0] ?? {}).join() !== bytesOf("two", PLACES[0] ?? {}).join(),
};
