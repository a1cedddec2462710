/**
 * The kill switch as a file: in the workspace it is for every session of it, in a session's folder for that one.
 *
 * 1. It depends on nothing but a file's name, and is looked at before anything else of a pass.
 * 2. A name that says no strategy, group or symbol of the desk halts everything: who wrote it wanted something to stop.
 * 3. While a file is there, what it halts cannot be resumed.
 */
import { CodedError } from "../../../shared/errors.ts";
import type { FileSystem } from "../../../shared/ports.ts";
import { strategiesIn, type Scope } from "../../../shared/scope.ts";
import { killFilesIn, type KillFile } from "../../../store/index.ts";
import { haltSession } from "../state/halts.ts";
import type { Core } from "../state/parts.ts";
import { killScope } from "../state/scope-halts.ts";

const sameScope = (a: Scope | null, b: Scope | null): boolean => a?.kind === b?.kind && a?.name === b?.name;

export class KillSwitch {
  readonly #core: Core;
  readonly #fs: FileSystem;
  readonly #folders: readonly string[];

  constructor(core: Core, fs: FileSystem, folders: readonly string[]) {
    this.#core = core;
    this.#fs = fs;
    this.#folders = folders;
  }

  /** Whether a file is there that has not halted yet. */
  get waits(): boolean {
    return this.#news().length > 0;
  }

  /** Halts what the files say; true when something was added to the ledger. The caller commits. */
  obey(): boolean {
    const news = this.#news();
    for (const { path, scope } of news) {
      if (scope !== null) killScope(this.#core, scope, path);
      else if (!this.#killed()) {
        const message = `The kill switch is on: the file ${path} is there. Remove it, then resume.`;
        haltSession(this.#core, { source: "kill_switch", code: "kill_switch_triggered", message }, this.#core.now);
      }
    }
    return news.length > 0;
  }

  /** Throws `wrong_state` while a file is there for what shall be resumed; null is everything. */
  needOff(scope: Scope | null): void {
    const on = this.#files().find((file) => sameScope(file.scope, scope));
    if (on === undefined) return;
    const { path } = on;
    throw new CodedError("wrong_state", `The kill switch is on: remove the file ${path}, then resume.`, { path });
  }

  #files(): KillFile[] {
    const { strategies } = this.#core.desk;
    return killFilesIn(this.#fs, this.#folders).map((file) =>
      file.scope !== null && strategiesIn(strategies, file.scope).length === 0 ? { ...file, scope: null } : file,
    );
  }

  #news(): KillFile[] {
    const { switches } = this.#core.model;
    const files = this.#files().filter(({ scope }) => (scope === null ? !this.#killed() : !switches.has(scope)));
    return files.filter((file, index) => files.findIndex((one) => sameScope(one.scope, file.scope)) === index);
  }

  #killed(): boolean {
    return this.#core.model.haltReasons.some((reason) => reason.source === "kill_switch");
  }
}
