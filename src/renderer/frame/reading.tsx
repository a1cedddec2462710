/** How far the journal of a long session has been read; its lists and charts follow once it is whole. */
import type { ReactNode } from "react";
import { Status } from "../components/status.tsx";
import { LEVEL_LOOKS } from "../lib/status.ts";
import { useSession } from "../stores/live.ts";

export function Reading(): ReactNode {
  const reading = useSession()?.reading ?? null;
  if (reading === null) return null;
  const share = reading.of === 0 ? 0 : Math.floor((reading.entries / reading.of) * 100);
  return (
    <div className="banner" role="status" data-testid="reading-banner">
      <Status look={LEVEL_LOOKS.warning} word={`Reading the journal, ${share} %`} />
      <p className="second clip">
        State, clock and counts are of this moment. Lists and charts come when the whole journal has been read.
      </p>
    </div>
  );
}
