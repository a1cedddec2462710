/** What a compaction of a session's journal does, and the button that does it. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { Output } from "../../../shared/contract/contract.ts";
import { Failed, Panel } from "../../components/panel.tsx";
import { formatBytes, formatCount } from "../../lib/format.ts";
import { ask } from "../../stores/live.ts";
import type { Answer } from "../../stores/live.ts";
import { Close, type Props } from "./session-details.tsx";

type Compacted = Output<"sessions.compact">;

function Done({ done }: { readonly done: Compacted }): ReactNode {
  if (done.dropped === 0) return <p data-testid="compact-done">Nothing to remove: the journal is compact.</p>;
  return (
    <p data-testid="compact-done">
      {formatCount(done.dropped)} entries went, {formatCount(done.entries)} stay. The journal has{" "}
      {formatBytes(done.bytesAfter)} now; it had {formatBytes(done.bytesBefore)}.
    </p>
  );
}

export function CompactPanel({ id, onClose }: Props & { readonly id: string }): ReactNode {
  const [answer, setAnswer] = useState<Answer<Compacted> | null>(null);
  const [asked, setAsked] = useState(false);
  const compact = async (): Promise<void> => {
    setAsked(true);
    setAnswer(await ask("sessions.compact", { id }));
  };
  return (
    <Panel title="Compact" subtitle={id} testId="compact-panel" actions={<Close onClose={onClose} />}>
      <div className="prose">
        <p>
          The journal drops the runs, the points of equity and the lines of metrics that are older than the session’s
          last 24 hours, and their files get as short. Orders, fills, halts, reviews and everything that an operator did
          stay for ever, and what stays is covered by a digest.
        </p>
        <p>
          It cannot be undone: a compacted session starts from its checkpoint, and cannot be recorded as a regression
          fixture any more.
        </p>
        {answer === null ? (
          <p>
            <button
              type="button"
              className="button primary"
              data-testid="compact-now"
              disabled={asked}
              onClick={() => void compact()}
            >
              {asked ? "Compacting…" : "Compact now"}
            </button>
          </p>
        ) : null}
        {answer !== null && answer.ok ? <Done done={answer.value} /> : null}
      </div>
      {answer !== null && !answer.ok ? <Failed title="Not compacted" error={answer.error} /> : null}
    </Panel>
  );
}
