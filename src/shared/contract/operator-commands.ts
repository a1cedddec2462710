/**
 * The commands of an operator on a session: one schema, from which the control inbox, the console's procedures, the command line and the
 * scripts of fixtures take their fields.
 *
 * 1. A command's word never changes its meaning: a session of an older version refuses a word that it does not know, in place of doing half
 *    of what was asked. So a part of a session is halted by another word than the whole.
 * 2. Texts have length limits; what a field names is judged by the session.
 */
import * as z from "zod/mini";
import type { Scope } from "../scope.ts";
import { filled, operator, scope, text, wholeOrPart } from "./contract-fields.ts";

const note = text(2_000);
const orderId = filled(200);
/** An order's fields are judged by the order rules themselves, which name the field that is wrong. */
const ticket = z.record(z.string().check(z.maxLength(80)), z.unknown());

/** What a halt does besides: cancel what works, or get out of every position. */
export const HaltAlsoSchema = z.enum(["cancel", "flatten"]);
export const SpeedTextSchema = z.enum(["1", "10", "60", "max"]);

/** The fields of each command, by its word. */
export const COMMAND_FIELDS = {
  halt: { operator, note },
  halt_and: { also: HaltAlsoSchema, scope: z.optional(scope), operator, note },
  resume: { operator, note },
  /** Halts or resumes a part of a session. */
  switch: { action: z.enum(["halt", "resume"]), scope, operator, note },
  pause: { operator },
  continue: { operator },
  stop: { operator },
  speed: { speed: SpeedTextSchema },
  review: {
    item: filled(80),
    action: z.enum(["adopt", "dismiss"]),
    strategy: z.optional(filled(80)),
    operator,
    note,
  },
  limits: { limit: filled(80), value: filled(80), operator, note },
  strategy: { name: filled(80), action: z.enum(["pause", "resume", "run"]), operator },
  cancel: { orders: z.array(orderId).check(z.minLength(1), z.maxLength(2_000)), operator },
  cancel_all: { scope: wholeOrPart, operator },
  /** `quantity` is signed and counts what is filled already. */
  replace: {
    replace: orderId,
    quantity: z.optional(z.number()),
    limitPrice: z.optional(z.number()),
    stopPrice: z.optional(z.number()),
    operator,
  },
  order: { ticket, operator },
  /** What would be said to a ticket; changes nothing. */
  preview: { ticket },
  flatten: { scope: wholeOrPart, owner: z.optional(filled(80)), shutsGate: z.boolean(), operator, note },
} as const;

type Fields = typeof COMMAND_FIELDS;
export type CommandWord = keyof Fields;
type CommandOf<Word extends CommandWord> = { readonly command: Word } & z.infer<
  ReturnType<typeof z.object<Fields[Word]>>
>;
export type OperatorCommand = { [Word in CommandWord]: CommandOf<Word> }[CommandWord];

const SCHEMAS = new Map(
  Object.entries(COMMAND_FIELDS).map(([word, fields]) => [word, z.object({ command: z.literal(word), ...fields })]),
);

/** A command from outside; null for what is none. */
export function readCommand(value: unknown): OperatorCommand | null {
  const word = typeof value === "object" && value !== null ? (value as { command?: unknown }).command : undefined;
  const read = typeof word === "string" ? SCHEMAS.get(word)?.safeParse(value) : undefined;
  return read?.success === true ? (read.data as OperatorCommand) : null;
}

interface GateFields {
  readonly operator: string;
  readonly note: string;
  readonly scope?: Scope | undefined;
}

/** The command that halts the whole session or a part of it, and does what is asked besides. */
export function haltCommand({
  operator: who,
  note: why,
  scope: part,
  also,
}: GateFields & { readonly also?: "cancel" | "flatten" | undefined }): OperatorCommand {
  const words = { operator: who, note: why };
  if (also !== undefined)
    return { command: "halt_and", also, ...(part === undefined ? {} : { scope: part }), ...words };
  return part === undefined
    ? { command: "halt", ...words }
    : { command: "switch", action: "halt", scope: part, ...words };
}

/** The command that resumes the whole session or a part of it. */
export function resumeCommand({ operator: who, note: why, scope: part }: GateFields): OperatorCommand {
  const words = { operator: who, note: why };
  return part === undefined
    ? { command: "resume", ...words }
    : { command: "switch", action: "resume", scope: part, ...words };
}
