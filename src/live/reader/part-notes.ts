/**
 * What an import reports of one file beside its bars: questions that a person may answer, and notes of what was assumed.
 *
 * 1. Whatever was assumed, sorted, passed over or taken as zero is named.
 */
import type { Plan } from "./layout/plan.ts";
import { LEAN_SCALED, SPREAD_KEPT, type Reading } from "./layout/rows.ts";
import type { Gathering } from "./table/gathering.ts";
import type { ImportOptions, Question, RowOrder } from "./table/imported.ts";

export function questionsOf(
  plan: Plan,
  stamping: { readonly stamp: string; readonly unsure: boolean },
  zoneAssumed: boolean,
  zone: string,
): Question[] {
  const questions = [...plan.questions];
  if (zoneAssumed)
    questions.push({
      about: "zone",
      text: `Times carry no zone and are taken as ${zone}; --tz names another, as America/New_York.`,
      assumed: zone,
      choices: ["America/New_York", "Europe/London", "UTC"].map((value) => ({
        label: value,
        option: "timeZone",
        value,
      })),
    });
  if (stamping.unsure)
    questions.push({
      about: "stamp",
      text: `Nothing says whether times are opens or closes of bars, so they are taken as the ${stamping.stamp}; --stamp settles it.`,
      assumed: stamping.stamp,
      choices: ["open", "close"].map((value) => ({ label: value, option: "stamp", value })),
    });
  return questions;
}

/** Rows and volumes that were not taken as the file has them, with their numbers. */
export function noteCounts(gathering: Gathering, order: RowOrder): void {
  const { notes, repeated, volumesMissing, unwanted } = gathering;
  if (order === "newest_first") notes.push("Its rows are newest first; they were sorted by time.");
  if (order === "unsorted") notes.push("Its rows are not in order of time; they were sorted by time.");
  if (repeated > 0)
    notes.push(
      `${repeated} ${repeated === 1 ? "row says" : "rows say"} the same as another of its moment, and counts once.`,
    );
  if (volumesMissing > 0)
    notes.push(`${volumesMissing} ${volumesMissing === 1 ? "volume is" : "volumes are"} missing and taken as zero.`);
  if (unwanted > 0) notes.push(`${unwanted} rows of other symbols were passed over.`);
}

/** Notes the columns that a file lacks, and prices and times that its layout writes in its own way. */
export function noteLayout(plan: Plan, options: ImportOptions, reading: Reading): void {
  const { layout, lean, scale } = plan;
  const { notes, tables } = reading.gathering;
  if ([...tables.values()].some(({ spread }) => spread !== null)) notes.push(SPREAD_KEPT);
  if (layout.kind === "trades" && layout.quantity < 0)
    notes.push("There is no column of quantities, so volumes are zero.");
  if (layout.kind === "bars" && layout.volume < 0 && layout.wide.length === 0 && lean === null)
    notes.push("There is no column of volumes, so they are zero.");
  if (lean !== null && scale > 0) notes.push(LEAN_SCALED);
  if (reading.times.locals > 0 && layout.zone !== null && (options.timeZone ?? null) === null)
    notes.push(
      layout.zoneSaid
        ? `Times are taken as ${layout.zone}, as the header says; --tz names another.`
        : `Times are taken as ${layout.zone}, which ${layout.name} are in; --tz names another.`,
    );
}
