/**
 * What a view may ask of the workspace's desks: their list, the text of one, what is wrong with it, and keeping it.
 *
 * 1. A desk is named by its place in the workspace, `desk.yaml` or `desks/NAME.yaml`, or as one of the program's own.
 * 2. A text is saved only over the text that it was made from: its digest says which.
 * 3. The host describes each form, from the tables that the reader uses.
 */
import * as z from "zod/mini";
import { filled, nothing, text } from "./contract-fields.ts";
import { ErrorSchema } from "../views/parts.ts";

/** Characters of a desk's text, as the reader has them. */
export const DESK_TEXT_MAX = 1_000_000;

const place = z.string().check(z.regex(/^(?:desk\.yaml|desks\/[A-Za-z0-9_][A-Za-z0-9._-]{0,79}\.yaml)$/));
/** The program's own desks, too; they can be read and started, and not written. */
export const deskName = z.union([place, z.enum(["demo", "busy"])]);
const digest = z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/)));
const deskText = text(DESK_TEXT_MAX);
const moduleFile = filled(200);

const FieldSchema = z.object({
  at: z.string(),
  means: z.string(),
  rule: z.string(),
  fallback: z.string(),
  words: z.array(z.string()),
  none: z.boolean(),
  only: z.nullable(z.object({ section: z.string(), kind: z.string() })),
});

const ParameterSchema = z.object({
  name: z.string(),
  type: z.enum(["number", "integer", "string", "boolean"]),
  means: z.string(),
  rule: z.string(),
  fallback: z.string(),
});

/** A strategy that a desk can name, with its parameters. */
const ModuleSchema = z.object({
  name: z.string(),
  builtIn: z.boolean(),
  /** Why a file does not load; null where it does. */
  problem: z.nullable(z.string()),
  parameters: z.array(ParameterSchema),
});

const ComplaintSchema = z.object({
  line: z.number(),
  column: z.number(),
  /** Keys and indexes, as `strategies[0].cadence`; empty for the file as a whole. */
  path: z.string(),
  rule: z.string(),
  nearest: z.nullable(z.string()),
});

/** A desk in brief; null fields where it cannot be read. */
const BriefSchema = z.object({
  name: z.string(),
  strategies: z.number(),
  symbols: z.number(),
  market: z.string(),
  clock: z.enum(["system", "virtual"]),
  seed: z.string(),
});

const ListedSchema = z.object({
  desk: z.string(),
  brief: z.nullable(BriefSchema),
  error: z.nullable(ErrorSchema),
});

const CheckedStrategySchema = z.object({
  file: z.string(),
  complaints: z.array(z.object({ line: z.nullable(z.number()), text: z.string() })),
  runs: z.number(),
  orders: z.number(),
  fills: z.number(),
  /** Cancels and replaces. */
  requests: z.number(),
  /** Refusals by cause. */
  refused: z.record(z.string(), z.number()),
});

export const DESK_PROCEDURES = {
  /** The workspace's desks and the one that is chosen. Reads again what has changed, so that a mended file leads on at once. */
  "desks.list": {
    input: nothing,
    output: z.object({ chosen: z.string(), desks: z.array(ListedSchema) }),
  },
  /** Makes a desk the one that the workspace starts. */
  "desks.choose": { input: z.object({ desk: deskName }), output: nothing },
  /** Fields, sentences and rules of a desk, and the strategies that it can name. */
  "desk.form": {
    input: nothing,
    output: z.object({
      settings: z.array(FieldSchema),
      strategy: z.array(FieldSchema),
      symbol: z.array(FieldSchema),
      instrument: z.array(FieldSchema),
      file: z.array(FieldSchema),
      order: z.record(z.string(), z.array(z.string())),
      modules: z.array(ModuleSchema),
      profiles: z.array(z.string()),
    }),
  },
  "desk.read": {
    input: z.object({ desk: deskName }),
    output: z.object({ text: z.string(), digest }),
  },
  /** The digest of a desk as it is on disk; null where there is no file. */
  "desk.digest": { input: z.object({ desk: place }), output: z.object({ digest }) },
  /** What is wrong with a text, at each place; and what it makes where nothing is. */
  "desk.check": {
    input: z.object({ desk: place, text: deskText }),
    output: z.object({
      complaints: z.array(ComplaintSchema),
      brief: z.nullable(BriefSchema),
      notes: z.array(z.string()),
      /** Names of the symbols, where the desk lists them; empty where its files have to be read first. */
      symbols: z.array(z.string()),
    }),
  },
  /** The check before a start: reads the data, resolves instruments and rates, loads the strategies. Starts nothing. */
  "desk.try": {
    input: z.object({ desk: place, text: deskText }),
    output: z.object({
      problems: z.array(z.string()),
      notes: z.array(z.string()),
      symbols: z.array(z.object({ symbol: z.string(), text: z.string() })),
      from: z.nullable(z.number()),
      to: z.nullable(z.number()),
    }),
  },
  /** Writes a desk over the text of that digest; null for a new file. `wrong_state` where the file is another by now. */
  "desk.save": {
    input: z.object({ desk: place, text: deskText, base: digest }),
    output: z.object({ digest: z.string() }),
  },
  /** The known strategies that a new one can begin with. */
  "strategy.examples": {
    input: z.object({}),
    output: z.array(z.object({ name: z.string(), about: z.string() })),
  },
  /** Makes a strategy of one's own from the template or from an example, with the types beside it. */
  "strategy.new": {
    input: z.object({ name: filled(80), from: z.optional(filled(80)) }),
    output: z.object({ file: z.string(), path: z.string() }),
  },
  /** Tries a file of the strategies folder as a session runs it. */
  "strategy.check": { input: z.object({ file: moduleFile }), output: CheckedStrategySchema },
  /** When a file was last changed, in milliseconds of the wall clock; null where it is gone. */
  "strategy.changed": {
    input: z.object({ file: moduleFile }),
    output: z.object({ changedMs: z.nullable(z.number()) }),
  },
} as const;

export type DeskForm = z.infer<(typeof DESK_PROCEDURES)["desk.form"]["output"]>;
export type DeskField = z.infer<typeof FieldSchema>;
export type DeskParameter = z.infer<typeof ParameterSchema>;
export type DeskModule = z.infer<typeof ModuleSchema>;
export type DeskComplaint = z.infer<typeof ComplaintSchema>;
export type DeskCheck = z.infer<(typeof DESK_PROCEDURES)["desk.check"]["output"]>;
export type DeskTrial = z.infer<(typeof DESK_PROCEDURES)["desk.try"]["output"]>;
export type DeskList = z.infer<(typeof DESK_PROCEDURES)["desks.list"]["output"]>;
export type StrategyExamples = z.infer<(typeof DESK_PROCEDURES)["strategy.examples"]["output"]>;
export type CheckedStrategy = z.infer<typeof CheckedStrategySchema>;
