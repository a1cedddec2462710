/** The rail: the session's views with their counts, then the workspace's. */
import {
  Ban,
  ChartColumn,
  ChartLine,
  CandlestickChart,
  CircleHelp,
  Clock3,
  Folder,
  GitCompare,
  Layers,
  Rows3,
  Scale,
  Settings,
  SlidersHorizontal,
  Split,
  SquareTerminal,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { OpenSession } from "../../shared/contract/views.ts";
import { VIEW_KEYS, VIEW_TITLES } from "../actions/commands.ts";
import { formatCompact, formatCount } from "../lib/format.ts";
import { useSession } from "../stores/live.ts";
import { go, useUi } from "../stores/ui.ts";
import type { ViewName } from "../stores/ui.ts";

interface Entry {
  readonly view: ViewName;
  readonly icon: LucideIcon;
  readonly count?: (session: OpenSession) => number;
  /** What a count above zero asks for. */
  readonly mark?: "attention" | "critical";
}

const SESSION: readonly Entry[] = [
  { view: "desk", icon: ChartLine },
  { view: "schedule", icon: Clock3, count: (session) => session.counts.schedule },
  { view: "router", icon: Split, count: (session) => session.counts.inflight },
  { view: "rejections", icon: Ban, count: (session) => session.counts.rejections, mark: "attention" },
  { view: "metrics", icon: ChartColumn },
  { view: "orders", icon: Rows3, count: (session) => session.counts.orders },
  { view: "positions", icon: Layers, count: (session) => session.counts.positions },
  { view: "drift", icon: Scale, count: (session) => session.counts.driftOpen, mark: "critical" },
];

const WORKSPACE: readonly Entry[] = [
  { view: "sessions", icon: Folder },
  { view: "editor", icon: SlidersHorizontal },
  { view: "data", icon: CandlestickChart },
  { view: "regression", icon: GitCompare },
  { view: "log", icon: SquareTerminal },
  { view: "settings", icon: Settings },
  { view: "help", icon: CircleHelp },
];

function Item({ entry, session }: { readonly entry: Entry; readonly session: OpenSession | null }): ReactNode {
  const current = useUi((state) => state.view === entry.view);
  const count = session === null || entry.count === undefined ? null : entry.count(session);
  const marked = count !== null && count > 0 ? (entry.mark ?? "") : "";
  const Icon = entry.icon;
  return (
    <li>
      <button
        type="button"
        data-testid={`nav-${entry.view}`}
        aria-current={current ? "page" : undefined}
        aria-label={count === null ? VIEW_TITLES[entry.view] : `${VIEW_TITLES[entry.view]}, ${formatCount(count)}`}
        title={`${VIEW_TITLES[entry.view]} (${VIEW_KEYS[entry.view]})`}
        onClick={() => go(entry.view)}
      >
        <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
        <span className="title">{VIEW_TITLES[entry.view]}</span>
        {count === null ? null : <span className={`count ${marked}`}>{formatCompact(count)}</span>}
      </button>
    </li>
  );
}

export function Rail(): ReactNode {
  const session = useSession();
  return (
    <nav className="rail" aria-label="Views">
      <h2>Session</h2>
      <ul>
        {SESSION.map((entry) => (
          <Item key={entry.view} entry={entry} session={session} />
        ))}
      </ul>
      <h2>Workspace</h2>
      <ul>
        {WORKSPACE.map((entry) => (
          <Item key={entry.view} entry={entry} session={session} />
        ))}
      </ul>
    </nav>
  );
}
