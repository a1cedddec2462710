/**
 * The realm of a host process's strategies: a context of the engine that has the language alone, with `realm.ts` as its only door.
 *
 * 1. No object of this process's own realm gets into it. Over the border go texts; what a strategy throws is carried back and
 *    described inside.
 * 2. Modules are linked by one function, which reads them through `Parts`; nothing of a strategy is loaded any other way.
 * 3. Each strategy has its own copy of every module that it is made of. What they share is the language, and that is frozen.
 * 4. A realm for each strategy would share nothing, and was measured: code that runs a few hundred times in each of forty realms
 *    never gets warm, and a run took four times as long.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { constants, createContext, Script, SourceTextModule, type Context, type Module } from "node:vm";
import type { CodeFile } from "../../store/journal/entries.ts";
import { problemOf } from "../strategies/instance.ts";
import type { RealmDoor, RealmLoaded, ToRealm } from "./realm.ts";
import { Parts, plainSource, resolvePart, syntaxLine } from "./sources.ts";

/** Where the realm's own modules come from: the program's source, or its bundle. */
function doorFile(): string {
  const source = join(import.meta.dirname, "realm.ts");
  return existsSync(source) ? source : join(import.meta.dirname, "strategy-realm.js");
}

/** The text of one of the realm's own modules. */
function ownText(path: string): string {
  const text = readFileSync(path, "utf8");
  return path.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
}

const packages = new Map([["decimal.js", fileURLToPath(import.meta.resolve("decimal.js"))]]);

/** Links a module and all that it imports; `resolve` says which file a specifier is, `make` makes its module. */
function linked(
  root: string,
  resolve: (specifier: string, from: string) => string,
  make: (path: string) => SourceTextModule,
): SourceTextModule {
  const made = new Map<string, SourceTextModule>();
  const get = (path: string): SourceTextModule => {
    const known = made.get(path);
    if (known !== undefined) return known;
    const module = make(path);
    made.set(path, module);
    const paths = module.moduleRequests.map(({ specifier, attributes }) => {
      if (Object.keys(attributes).length > 0) throw new Error(`it imports ${specifier.slice(0, 200)} with attributes`);
      return resolve(specifier, path);
    });
    module.linkRequests(paths.map(get));
    return module;
  };
  return get(root);
}

const CALL = new Script("logosCall(); void 0", { filename: "logos" });
const THROW = new Script("logosThrow()", { filename: "logos" });
/** Replaces `import` where it would load something while code runs. */
const REFUSE = new Script(
  `Object.defineProperty(globalThis, "Import", { value: Object.freeze(Object.defineProperties((name) => {
    let text = "something";
    try { text = String(name).slice(0, 200); } catch {}
    throw new Error("it imports " + text + " by import(); write import … from at the top of the file");
  }, { meta: { value: Object.freeze({ __proto__: null }) } })) })`,
  { filename: "logos" },
);

/** What a load came to; `digest` is of all that was read for it. */
export interface Opened extends RealmLoaded {
  readonly digest: string | null;
  readonly files: readonly CodeFile[];
}

/** The realm of all strategies of a process. */
export class Realm {
  readonly #context: Context;
  readonly #own: SourceTextModule;
  readonly #door: RealmDoor;

  private constructor(context: Context, module: SourceTextModule, door: RealmDoor) {
    this.#context = context;
    this.#own = module;
    this.#door = door;
  }

  /** Makes a realm; `beat` is called at its heartbeats. */
  static async make(beat: () => void): Promise<Realm> {
    const options = { codeGeneration: { strings: false, wasm: false } };
    const context = createContext(constants.DONT_CONTEXTIFY, options);
    REFUSE.runInContext(context);
    const module = linked(
      doorFile(),
      (specifier, from) => packages.get(specifier) ?? join(dirname(from), specifier),
      (path) => new SourceTextModule(ownText(path), { context, identifier: "logos" }),
    );
    module.instantiate();
    await module.evaluate();
    const { openDoor } = module.namespace as unknown as typeof import("./realm.ts");
    const door: RealmDoor = openDoor(beat, () => {
      try {
        CALL.runInContext(context);
        return true;
      } catch (thrown) {
        door.hold(thrown);
        try {
          // Thrown once more, because only then the engine writes down where it came from.
          THROW.runInContext(context);
        } catch {
          // It is held already.
        }
        return false;
      }
    });
    return new Realm(context, module, door);
  }

  /**
   * Loads a strategy's file. `expected`: the digest of what may run, where that is known. Never throws: what is wrong is the
   * answer's problem.
   */
  async load(folder: string, asked: Extract<ToRealm, { kind: "load" }>, expected: string | null): Promise<Opened> {
    const { module } = asked;
    let digest: string | null = null;
    let files: readonly CodeFile[] = [];
    const no = (problem: string): Opened => ({ problem, barsNeeded: 0, digest, files, rules: null });
    try {
      const real = realpathSync.native(folder);
      const parts = new Parts(real);
      const root = this.#link(real, parts, resolvePart(pathToFileURL(join(real, module)).href, real, real));
      ({ digest, files } = parts);
      if (expected !== null && digest !== expected) return no(hasChanged(module));
      const top = new SourceTextModule(
        `import * as found from "strategy"; import { adopt } from "door"; adopt(found);`,
        {
          context: this.#context,
          identifier: "logos",
        },
      );
      top.linkRequests([root, this.#own]);
      top.instantiate();
      await top.evaluate();
    } catch (error) {
      if (digest === null && expected !== null) return no(hasChanged(module));
      return no(error instanceof Part ? error.message : `${module} does not load: ${this.describe(error)}`);
    }
    const { problem = null, barsNeeded = 0, rules = null } = JSON.parse(this.handle(asked)) as Partial<RealmLoaded>;
    return { problem, barsNeeded, digest, files, rules };
  }

  /** Answers with a text of JSON. Never throws. */
  handle(asked: ToRealm): string {
    return answerOf(this.#door.handle, JSON.stringify(asked), "");
  }

  /**
   * Runs a strategy: takes what it sees, and the `BarsStep`s that the realm lacks or an empty text; answers its result. All are JSON.
   * Never throws.
   */
  run(seen: string, bars: string): string {
    return answerOf(this.#door.run, seen, bars);
  }

  /** What was thrown in the realm, as one line. Nothing of it is looked at here. */
  describe(thrown: unknown): string {
    try {
      const text: unknown = this.#door.describe(thrown);
      return typeof text === "string" ? text : "something that is no text";
    } catch {
      return "something that cannot even be shown as a text";
    }
  }

  #link(folder: string, parts: Parts, path: string): Module {
    const make = (at: string): SourceTextModule => {
      const name = parts.name(at);
      let text = "";
      try {
        text = parts.read(at);
        const code = plainSource(text, at);
        return new SourceTextModule(code, { context: this.#context, identifier: `strategies/${name}` });
      } catch (error) {
        const line = text === "" ? null : syntaxLine(text);
        throw new Part(`${name} does not load${line === null ? "" : ` (line ${line})`}: ${problemOf(error)}`);
      }
    };
    return linked(
      path,
      (specifier, from) => {
        try {
          return resolvePart(specifier, from, folder);
        } catch (error) {
          throw new Part(`${parts.name(from)} does not load: ${problemOf(error)}`);
        }
      },
      make,
    );
  }
}

/** What a function of the door answers; where that is no text, that there is no answer. */
function answerOf(ask: (text: string, bars: string) => string, asked: string, bars: string): string {
  try {
    const text: unknown = ask(asked, bars);
    if (typeof text === "string") return text;
  } catch {
    // The door itself failed; nothing of what it threw is looked at.
  }
  return JSON.stringify({ outcome: "bad_result", orders: [], message: "it gave no readable answer" });
}

const hasChanged = (module: string): string =>
  `${module} has changed since the session was opened; open it again to run what it is now`;

/** What is wrong with one of the files, said of that file. */
class Part extends Error {}
