/**
 * A desk's text as an editor sees it: every complaint at its place, and the desk where there is none.
 *
 * 1. A text that is no YAML has one complaint, at the place where it stops being YAML.
 * 2. What the environment says wrongly is a complaint about the whole, because no line of the file can mend it.
 */
import { CodedError } from "../../shared/errors.ts";
import type { DeskComplaint } from "./text/document.ts";
import { resolveDesk, type DeskSources, type ResolvedDesk } from "./resolve.ts";

export interface DeskCheck {
  readonly complaints: readonly DeskComplaint[];
  /** Null where there is a complaint. */
  readonly resolved: ResolvedDesk | null;
}

function complaintOf(error: CodedError): DeskComplaint {
  const { line, column, path, rule, nearest } = error.detail ?? {};
  return {
    line: typeof line === "number" ? line : 1,
    column: typeof column === "number" ? column : 1,
    path: typeof path === "string" ? path : "",
    rule: typeof rule === "string" && line !== undefined ? rule : error.message.replace(/\.$/, ""),
    nearest: typeof nearest === "string" ? nearest : null,
  };
}

/** Reads a desk's text and answers with all that is wrong with it. Throws what is no fault of the text or the environment. */
export function checkDeskText(sources: DeskSources): DeskCheck {
  let found: readonly DeskComplaint[] = [];
  try {
    const onComplaints = (complaints: readonly DeskComplaint[]): void => {
      found = complaints;
    };
    return { complaints: [], resolved: resolveDesk({ ...sources, onComplaints }) };
  } catch (error) {
    if (!(error instanceof CodedError) || error.code === "internal") throw error;
    return { complaints: found.length > 0 ? found : [complaintOf(error)], resolved: null };
  }
}
