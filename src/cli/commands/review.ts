/**
 * `logos review`: the drift that waits, and the judgement on each item.
 *
 * 1. Without an item it lists and changes nothing. With one it adopts or dismisses, with an operator and a note.
 * 2. Exit 1 while an item is open, so that a script notices.
 */
import { CodedError } from "../../shared/errors.ts";
import { formatMoment } from "../../shared/time.ts";
import { readReview, type ReviewItem } from "../../live/status/index.ts";
import { findSession, workspaceAt } from "../../store/index.ts";
import { atSession } from "../common/at-session.ts";
import { addSessionOption, recordText, sessionOf, type SessionOption } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";

interface Options extends SessionOption {
  readonly adopt?: string | boolean;
  readonly dismiss?: boolean;
  readonly operator?: string;
  readonly note?: string;
}

const evidenceText = (item: ReviewItem): string =>
  Object.entries(item.evidence)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");

const judgementOf = ({ action, strategy }: NonNullable<ReviewItem["review"]>): string =>
  action === "adopt" ? `adopted to ${strategy ?? "unattributed"}` : "dismissed";

function list({ output }: Context, id: string, review: ReturnType<typeof readReview>): void {
  if (output.json) {
    output.value({ id, ...review });
    return;
  }
  output.line(output.style("bold", `${id}: ${review.halts.length > 0 ? "HALTED" : "not halted"}, ${review.open} open`));
  for (const { at, code, message, note } of review.halts)
    output.line(`  ${formatMoment(at)}  ${code}: ${message}${note === null || note === "" ? "" : ` Note: ${note}`}`);
  for (const item of review.items) {
    const verdict =
      item.review === null
        ? output.style("yellow", "OPEN")
        : `${judgementOf(item.review)} by ${item.review.operator}: ${item.review.note}`;
    output.line(`${item.item}  ${formatMoment(item.at)}  ${item.kind}  ${verdict}`);
    output.line(`  ${item.text}`);
    output.line(`  ${evidenceText(item)}`);
  }
  if (review.open > 0)
    output.message(
      `Review each: logos review ITEM --session ${id} --adopt [STRATEGY] | --dismiss  --operator NAME --note TEXT`,
    );
  else if (review.halts.length > 0) output.message(`Then: logos resume --session ${id} --operator NAME --note TEXT`);
}

async function review(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const id = sessionOf(options);
  const files = findSession(workspaceAt(context.workspace), id);
  const [item] = words;
  if (item === undefined) {
    const state = readReview(files);
    list(context, files.id, state);
    return state.open > 0 ? 1 : 0;
  }
  if ((options.adopt === undefined) === (options.dismiss !== true))
    throw new CodedError("usage", `Say what is to become of ${item}: either --adopt [STRATEGY] or --dismiss.`);
  const operator = recordText("--operator", options.operator, "a review needs the operator's name.");
  const note = recordText("--note", options.note, "a review needs a reason.");
  const action = options.dismiss === true ? ("dismiss" as const) : ("adopt" as const);
  const strategy = typeof options.adopt === "string" ? { strategy: options.adopt } : {};
  await atSession(context, files.id, { command: "review", item, action, operator, note, ...strategy });
  const { open } = readReview(files);
  if (context.output.json) context.output.value({ id: files.id, item, action, open });
  else context.output.line(`${item}: ${action === "adopt" ? "adopted" : "dismissed"}; ${open} still open.`);
  return 0;
}

export function addReviewCommand(add: AddCommand): void {
  add<Options>(
    "review [item]",
    "List the drift of a session, or adopt or dismiss one item of it.",
    (command) => {
      addSessionOption(command)
        .option("--adopt [strategy]", "book it to a strategy, or to unattributed")
        .option("--dismiss", "book nothing")
        .option("--operator <name>", "who judges")
        .option("--note <text>", "why");
    },
    'logos review DRIFT-0001 --dismiss --operator "A. Trader" --note "belongs to another desk"',
    review,
  );
}
