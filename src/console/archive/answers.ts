/**
 * What an archive answers to each question, whichever thread it is in.
 *
 * 1. Each question has one answer here, so an ordinary session and a light run are answered alike.
 */
import type { Archive } from "./archive.ts";
import { exportRows } from "./export.ts";
import type { ExportProgress, QuestionKind, Questions } from "./requests.ts";

type Answers = {
  readonly [Kind in QuestionKind]: (
    archive: Archive,
    input: Questions[Kind]["input"],
    onProgress: (progress: ExportProgress) => boolean,
  ) => Questions[Kind]["output"] | Promise<Questions[Kind]["output"]>;
};

/** `onProgress` is called while an export is written, and answers true to cancel it. */
export const ANSWERS: Answers = {
  page: (archive, query) => archive.page(query),
  facets: (archive, { filter, columns }) => archive.facets(filter, columns),
  groups: (archive) => archive.groups(),
  entries: (archive, subject) => archive.entriesOf(subject),
  export: exportRows,
};
