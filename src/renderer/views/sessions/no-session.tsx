/** What a session's view says while no session is open. */
import type { ReactNode } from "react";
import { Empty } from "../../components/panel.tsx";
import { useLive } from "../../stores/live.ts";
import { go } from "../../stores/ui.ts";

/** Whether a session is open, stopped ones included. */
export function useOpen(): boolean {
  return useLive((state) => (state.streams.session?.session ?? null) !== null);
}

export function NoSession({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="state">
      <Empty title="No session is open">Start one above, or open one of the workspace's sessions, to see {what}.</Empty>
      <button type="button" className="button" onClick={() => go("sessions")}>
        Sessions
      </button>
    </div>
  );
}
