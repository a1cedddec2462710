/**
 * `logos doctor`: what this machine has of what the program needs.
 *
 * 1. Every check says what was found and, where something is wrong, what to do. Exit 69 when something needed is missing.
 * 2. What it writes for a check it removes again.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { openWorkspace, openForWriting, assertDurable, NODE_MAJOR_MIN, workspaceAt } from "../../store/index.ts";
import { checkHosting } from "../../live/check/index.ts";
import { absentOn, LAYER_NAMES, LAYER_TEXTS } from "../../live/host/index.ts";
import type { AddCommand, Context } from "../common/context.ts";

interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "missing";
  readonly found: string;
}

const top = join(import.meta.dirname, "..", "..", "..");
const LOW_BYTES = 500_000_000;

async function attempt(name: string, work: () => Omit<Check, "name"> | Promise<Omit<Check, "name">>): Promise<Check> {
  try {
    return { name, ...(await work()) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const disk = error instanceof CodedError ? said : `${said}. Make the workspace's folder writable, or name another.`;
    return { name, state: "missing", found: disk };
  }
}

function diskCheck(folder: string): Omit<Check, "name"> {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free at ${folder}`;
  return free < LOW_BYTES
    ? { state: "warning", found: `${found}; a long session may fill it` }
    : { state: "ok", found };
}

function walCheck(folder: string): Omit<Check, "name"> {
  const place = mkdtempSync(join(folder, ".doctor-"));
  try {
    const path = join(place, "check.db");
    const database = openForWriting(path);
    database.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    assertDurable(database, path);
    database.close();
    return { state: "ok", found: "WAL with synchronous=FULL holds" };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function permissionCheck(folder: string): Omit<Check, "name"> {
  const path = join(folder, `.doctor-${process.pid}`);
  writeFileSync(path, "");
  rmSync(path);
  return { state: "ok", found: `${folder} can be written` };
}

type Hosted = Awaited<ReturnType<typeof checkHosting>>;

function hostCheck({ problem }: Hosted): Omit<Check, "name"> {
  return problem === null
    ? { state: "ok", found: "a process for strategies starts and runs one" }
    : { state: "missing", found: problem };
}

/** What of the fence around strategies holds on this machine. */
function fenceCheck({ layers }: Hosted): Omit<Check, "name"> {
  if (layers === null)
    return { state: "missing", found: "no process for strategies starts, so nothing of it can be seen" };
  const missing = LAYER_NAMES.filter((name) => !layers[name]);
  const state =
    missing.length === 0
      ? "ok"
      : missing.some((name) => name === "realm" || name === "permission")
        ? "missing"
        : "warning";
  const texts = LAYER_NAMES.map((name) => LAYER_TEXTS[name][layers[name] ? "holds" : "missing"]);
  const absent = absentOn(process.platform);
  return { state, found: [...texts, ...(absent === null ? [] : [absent])].join("; ") };
}

function clockCheck(): Omit<Check, "name"> {
  const now = new Date();
  const sane = now.getUTCFullYear() >= 2025;
  return {
    state: sane ? "ok" : "warning",
    found: `${now.toISOString()}${sane ? "" : "; the machine's date looks wrong"}`,
  };
}

function electronCheck(): Omit<Check, "name"> {
  const pathFile = join(top, "node_modules", "electron", "path.txt");
  const here =
    existsSync(pathFile) &&
    existsSync(join(top, "node_modules", "electron", "dist", readFileSync(pathFile, "utf8").trim()));
  return here
    ? { state: "ok", found: "its binary is here; `npm start` opens a window" }
    : { state: "warning", found: "its binary is not here; `npm start` fetches it, or opens the console in a browser" };
}

async function doctor({ output, workspace: path }: Context): Promise<number> {
  const workspace = workspaceAt(path);
  const hosting = (async () => checkHosting(openWorkspace(path)))();
  // What it fails with is reported by the checks that wait for it.
  hosting.catch(() => undefined);
  const checks: Check[] = await Promise.all([
    attempt("Node", () => ({
      state: Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN ? "ok" : "missing",
      found: `${process.versions.node} (${process.platform}, ${process.arch})`,
    })),
    attempt("workspace", () => {
      openWorkspace(path);
      return { state: "ok", found: workspace.path };
    }),
    attempt("disk", () => diskCheck(workspace.path)),
    attempt("permissions", () => permissionCheck(workspace.sessions)),
    attempt("journal", () => walCheck(workspace.path)),
    attempt("strategies", async () => hostCheck(await hosting)),
    attempt("fence", async () => fenceCheck(await hosting)),
    attempt("clock", clockCheck),
    attempt("views", () =>
      existsSync(join(top, "out", "renderer", "index.html"))
        ? { state: "ok", found: "built" }
        : { state: "warning", found: "not built yet; `npm start` or `npm run build` does it" },
    ),
    attempt("Electron", electronCheck),
  ]);
  if (output.json) output.value(checks);
  else
    output.table(checks, [
      { title: "check", of: (check) => check.name },
      { title: "state", of: (check) => check.state },
      { title: "found", of: (check) => check.found },
    ]);
  return checks.some((check) => check.state === "missing") ? 69 : 0;
}

export function addDoctorCommand(add: AddCommand): void {
  add(
    "doctor",
    "Check runtime, disk, permissions, journal, strategy processes, clock and Electron.",
    () => undefined,
    "logos doctor",
    doctor,
  );
}
