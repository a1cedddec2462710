/**
 * What happens to a session besides its market: operators' commands, a stray fill, a kill, each at a moment of session time.
 *
 * 1. An action is done behind the pass of its moment, where a console's command would fall: between two passes, in the order
 *    of the list. What is done is the session's own command, with its own checks.
 * 2. A command that the session refuses is a reported outcome; it ends nothing, because a changed strategy may well make
 *    a review find nothing to review.
 * 3. At most `ACTIONS_MAX` actions.
 */
import * as z from "zod";
import { CodedError } from "../../shared/errors.ts";
import { formatDuration, later, parseDuration } from "../../shared/time.ts";
import type { Duration, Moment } from "../../shared/time.ts";
import {
  COMMAND_FIELDS,
  haltCommand,
  resumeCommand,
  type OperatorCommand,
} from "../../shared/contract/operator-commands.ts";
import { perform as performCommand, type LiveSession } from "../../live/session/index.ts";

export const ACTIONS_MAX = 100_000;

const text = (max: number) => z.string().trim().min(1).max(max);
const at = z
  .string()
  .refine((value) => parseDuration(value) !== null, "write a duration such as 90s or 12m")
  .transform((value) => parseDuration(value) as Duration);
const operator = text(80);
const strategy = text(80);
/** Which strategy, group or symbol; the whole session when absent. */
const scope = z.strictObject({ kind: z.enum(["strategy", "group", "symbol"]), name: text(80) }).optional();
const { replace: replaced, ...replaceFields } = COMMAND_FIELDS.replace;

/** A command as a script writes it: its moment, its word, and the fields of the operator's command that it is. */
const scripted = <Word extends string, Fields extends z.core.$ZodShape>(word: Word, fields: Fields) =>
  z.strictObject({ at, do: z.literal(word), ...fields });

export const ActionSchema = z.discriminatedUnion("do", [
  z.strictObject({
    at,
    do: z.literal("injectUnknownFill"),
    symbol: text(40),
    quantity: z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/, 'write a quantity in quotes, as "10" or "-2.5"'),
    /** When the venue reports it; at its own moment when absent. */
    told: at.optional(),
  }),
  /** `item` is a drift item's id, or `next`: the oldest one that waits. */
  scripted("review", COMMAND_FIELDS.review),
  scripted("resume", { ...COMMAND_FIELDS.resume, scope }),
  scripted("halt", { ...COMMAND_FIELDS.halt, note: text(2_000).or(z.literal("")).default(""), scope }),
  scripted("changeLimit", COMMAND_FIELDS.limits),
  scripted("pauseStrategy", { strategy, operator }),
  scripted("resumeStrategy", { strategy, operator }),
  scripted("runStrategy", { strategy, operator }),
  scripted("cancel", { order: COMMAND_FIELDS.replace.replace, operator }),
  scripted("cancelAll", COMMAND_FIELDS.cancel_all),
  scripted("replace", { ...replaceFields, order: replaced }),
  scripted("flatten", COMMAND_FIELDS.flatten),
  /** An order of the ticket. */
  scripted("order", COMMAND_FIELDS.order),
  /** The process dies without warning; what is on the disk is opened again. `lost`: what waited for its commit is not there. */
  z.strictObject({ at, do: z.literal("kill"), lost: z.boolean().default(false) }),
  /** An orderly stop, and a start from the journal. */
  z.strictObject({ at, do: z.literal("restart") }),
  /** Nothing but a pass of the loop: a recorded session had one at this moment. */
  z.strictObject({ at, do: z.literal("pass") }),
]);

export type Action = z.infer<typeof ActionSchema>;
export const ScriptSchema = z.array(ActionSchema).max(ACTIONS_MAX);

/** What became of an action: done, or the code of the session's refusal. */
export interface ActionOutcome {
  readonly at: string;
  readonly do: Action["do"];
  readonly outcome: string;
}

/** The actions of a run in order of time, and how far they are done. */
export class Script {
  readonly #start: Moment;
  readonly #waiting: Action[];
  readonly #due: Action[] = [];
  readonly outcomes: ActionOutcome[] = [];

  constructor(actions: readonly Action[], start: Moment) {
    this.#start = start;
    this.#waiting = actions.flatMap((action) => [action, ...passesOf(action)]).toSorted((a, b) => a.at - b.at);
  }

  /** The moment of the next action that no pass has come to. */
  get nextAt(): Moment | null {
    const [next] = this.#waiting;
    return next === undefined ? null : later(this.#start, next.at);
  }

  /**
   * A pass is at `now`: what is due is done after it, and a pass that follows a command of the same moment is one more.
   * Reports all that is due.
   */
  reach(now: Moment): readonly Action[] {
    while (this.nextAt !== null && this.nextAt <= now) {
      const behind = this.#due.some((action) => action.do !== "pass");
      if (behind && this.#waiting[0]?.do === "pass") break;
      this.#due.push(this.#waiting.shift() as Action);
    }
    return this.#due;
  }

  take(): Action | undefined {
    return this.#due.shift();
  }

  /** A session ended in the middle: what was due and is not done waits for the next one. */
  putBack(): void {
    this.#waiting.unshift(...this.#due.splice(0));
  }

  record(action: Action, outcome: string): void {
    if (action.do !== "pass") this.outcomes.push({ at: formatDuration(action.at), do: action.do, outcome });
  }
}

/** A fill that the venue reports later needs a pass of its own then. */
function passesOf(action: Action): Action[] {
  return action.do === "injectUnknownFill" && action.told !== undefined ? [{ at: action.told, do: "pass" }] : [];
}

/** The operator's command that an action is; null where it is none. Throws `not_found` for the next drift item where none waits. */
function commandOf(session: LiveSession, action: Action): OperatorCommand | null {
  switch (action.do) {
    case "review": {
      const { at: _, do: command, item, ...decision } = action;
      const id = item === "next" ? session.probe().drift.find(({ review }) => review === null)?.item : item;
      if (id === undefined) throw new CodedError("not_found", "No drift item waits for a review.");
      return { command, item: id, ...decision };
    }
    case "resume":
      return resumeCommand(action);
    case "halt":
      return haltCommand(action);
    case "changeLimit":
      return { ...action, command: "limits" };
    case "pauseStrategy":
      return { command: "strategy", action: "pause", name: action.strategy, operator: action.operator };
    case "resumeStrategy":
      return { command: "strategy", action: "resume", name: action.strategy, operator: action.operator };
    case "runStrategy":
      return { command: "strategy", action: "run", name: action.strategy, operator: action.operator };
    case "cancel":
      return { command: "cancel", orders: [action.order], operator: action.operator };
    case "cancelAll":
      return { ...action, command: "cancel_all" };
    case "replace":
      return { ...action, command: "replace", replace: action.order };
    case "flatten":
      return { ...action, command: "flatten" };
    case "order":
      return { ...action, command: "order" };
    default:
      return null;
  }
}

/** Does one action through the session's own commands. Throws what they throw. */
export async function perform(session: LiveSession, action: Action): Promise<void> {
  if (action.do === "injectUnknownFill")
    return session.injectUnknownFill({ symbol: action.symbol, quantity: action.quantity });
  const command = commandOf(session, action);
  if (command !== null) await performCommand(session, command);
}
