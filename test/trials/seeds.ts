/**
 * Equal seeds: one session in processes with other folders, time zones, locales, host processes and Nodes writes the same bytes.
 *
 * Fault model: whatever of the machine could leak into a decision: the zone, the locale, the folder's name, the time of day, how
 * many host processes there are, how late each of their answers comes, and the version of Node.
 *
 * 1. A case is two runs of one seed: one at home, one elsewhere; the places elsewhere take turns. Each place has a process of its own,
 *    which lives as long as the trial.
 */
import { execFile, fork, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { journalEvents } from "../../src/harness/regress/events.ts";
import { findSession, openWorkspace } from "../../src/store/index.ts";
import type { SeedTask } from "./seed-child.ts";
import { BROKEN_MAX, makeFolder, type Trial } from "./trial.ts";

const execute = promisify(execFile);

const FILES = ["router_state.json", "orders.csv", "fills.csv", "equity_curve.csv", "orchestrator_metrics.jsonl"];
const child = join(import.meta.dirname, "seed-child.ts");

interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly processes: number;
  readonly lateMs: number;
  readonly node?: string;
}

const HOME: Place = { folder: "one", env: { TZ: "UTC", LC_ALL: "C" }, processes: 0, lateMs: 0 };
const ELSEWHERE: readonly Place[] = [
  { folder: "a folder/with ünd", env: { TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8" }, processes: 1, lateMs: 0 },
  { folder: "two", env: { TZ: "America/St_Johns", LC_ALL: "tr_TR.UTF-8" }, processes: 2, lateMs: 30 },
  { folder: "deep/er/and/deeper", env: { TZ: "Pacific/Apia", LANG: "ar_EG.UTF-8" }, processes: 4, lateMs: 5 },
];

/** The processes of the places, started when they are first needed. */
class Places {
  readonly #children = new Map<Place, ChildProcess>();

  /** The bytes that a run leaves in one place of the world: its files, and what its journal says of its decisions. */
  async bytesOf(seed: string, place: Place, clock = false): Promise<string[]> {
    const top = makeFolder("seed");
    try {
      const folder = join(top, place.folder);
      mkdirSync(folder, { recursive: true });
      const { processes, lateMs } = place;
      await this.#run(place, { folder, seed, processes, lateMs, clock });
      const session = findSession(openWorkspace(folder), "latest");
      const events = [...journalEvents(session.journal, session.id)()].join("");
      return [...FILES.map((file) => readFileSync(join(session.folder, file), "utf8")), events];
    } catch (error) {
      return [`it ended: ${error instanceof Error ? error.message : String(error)}`];
    } finally {
      rmSync(top, { recursive: true, force: true });
    }
  }

  close(): void {
    for (const started of this.#children.values()) started.kill("SIGKILL");
    this.#children.clear();
  }

  #run(place: Place, task: SeedTask): Promise<void> {
    const started = this.#children.get(place) ?? this.#start(place);
    return new Promise((resolve, reject) => {
      const end = (error: string | null): void => {
        started.removeAllListeners();
        if (error === null) resolve();
        else reject(new Error(error));
      };
      started.once("message", (answer: { readonly error: string | null }) => end(answer.error));
      started.once("exit", (code, signal) => {
        this.#children.delete(place);
        end(`its process ended with ${String(code ?? signal)}`);
      });
      started.send(task);
    });
  }

  #start(place: Place): ChildProcess {
    const { PATH = "", NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }), ...place.env };
    const started = fork(child, { env, execPath: place.node ?? process.execPath, execArgv: [] });
    this.#children.set(place, started);
    return started;
  }
}

/** Which file differs, or null. */
function differenceOf(one: readonly string[], other: readonly string[]): string | null {
  if (one.length === 1 || other.length === 1) return [one, other].find((texts) => texts.length === 1)?.[0] ?? "";
  const at = one.findIndex((text, index) => text !== other[index]);
  return at < 0 ? null : `${FILES[at] ?? "journal.db"} differs`;
}

interface OtherNode {
  readonly path: string | null;
  /** Why none is compared with. */
  readonly why: string;
}

/** Another Node on the machine's path that can run the program. */
async function otherNode(): Promise<OtherNode> {
  const own = realpathSync(process.execPath);
  const name = process.platform === "win32" ? "node.exe" : "node";
  const seen: string[] = [];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder === "" || !existsSync(path) || realpathSync(path) === own) continue;
    const version = (await execute(path, ["--version"]).catch(() => null))?.stdout.trim() ?? "";
    if (version === process.version || version === "") continue;
    // The program is TypeScript that Node itself strips of its types.
    if (Number(version.slice(1).split(".")[0]) >= 24) return { path, why: "" };
    seen.push(version);
  }
  const versions = [...new Set(seen)].join(", ");
  const why =
    versions === ""
      ? "there is no other Node here"
      : `${versions} cannot run TypeScript as it is; it takes 24 or newer`;
  return { path: null, why: `other versions of Node are not compared: ${why}` };
}

export const seeds: Trial = {
  name: "equal seeds",
  holds:
    "the same bytes in another process, folder, time zone and locale, with 1, 2 and 4 host processes, however slow",
  short: ELSEWHERE.length,
  long: 100,
  run: async (cases, seed, progress) => {
    const broken: string[] = [];
    const node = await otherNode();
    const places = node.path === null ? ELSEWHERE : [...ELSEWHERE, { ...HOME, folder: "other node", node: node.path }];
    const world = new Places();
    try {
      for (let number = 0; number < cases; number++) {
        const own = `${seed}-${number}`;
        const place = places[number % places.length] as Place;
        const [here, there] = await Promise.all([world.bytesOf(own, HOME), world.bytesOf(own, place)]);
        const wrong = differenceOf(here, there);
        if (wrong !== null && broken.length < BROKEN_MAX)
          broken.push(`seed ${own}, ${place.processes} host processes: ${wrong}`);
        if ((here[1]?.split("\n").length ?? 0) < 10) broken.push(`seed ${own}: next to nothing was ordered`);
        progress(number + 1);
      }
    } finally {
      world.close();
    }
    const counts = { files: (FILES.length + 1) * cases, places: places.length };
    return { cases, counts, broken, notes: node.path === null ? [node.why] : [] };
  },
  // A strategy with a clock in it decides by the machine's time: two runs of one seed must then differ.
  canary: async () => {
    const world = new Places();
    try {
      const [one, two] = [await world.bytesOf("clock", HOME, true), await world.bytesOf("clock", HOME, true)];
      return one.length > 1 && two.length > 1 && differenceOf(one, two) !== null;
    } finally {
      world.close();
    }
  },
};
