/** The rail: the session's views with their counts, then the workspace's. */
import { Fragment } from "react";
import type { ReactNode } from "react";
import { VIEW_NAMES, VIEWS } from "../../shared/views/console-views.ts";
import type { ConsoleView, ViewName } from "../../shared/views/console-views.ts";
import type { OpenSession } from "../../shared/contract/views.ts";
import { formatCompact, formatCount } from "../lib/format.ts";
import { useSession } from "../stores/live.ts";
import { go, useUi } from "../stores/ui.ts";
import { expectView } from "../views/ahead.ts";
import { DRAWN } from "../views/registry.ts";

function Item({ view, session }: { readonly view: ViewName; readonly session: OpenSession | null }): ReactNode {
  const current = useUi((state) => state.view === view);
  const { title, key, count: counted, mark } = VIEWS[view];
  const count = session === null || counted === undefined ? null : session.counts[counted];
  const marked = count !== null && count > 0 ? (mark ?? "") : "";
  const Icon = DRAWN[view].icon;
  return (
    <li>
      <button
        type="button"
        data-testid={`nav-${view}`}
        aria-current={current ? "page" : undefined}
        aria-label={count === null ? title : `${title}, ${formatCount(count)}`}
        title={`${title} (${key})`}
        // What the view reads is on its way before the button is released.
        onPointerDown={() => expectView(view)}
        onClick={() => go(view)}
      >
        <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
        <span className="title">{title}</span>
        {count === null ? null : <span className={`count ${marked}`}>{formatCompact(count)}</span>}
      </button>
    </li>
  );
}

const GROUPS: readonly ConsoleView["group"][] = ["Session", "Workspace"];

export function Rail(): ReactNode {
  const session = useSession();
  return (
    <nav className="rail" aria-label="Views">
      {GROUPS.map((group) => (
        <Fragment key={group}>
          <h2>{group}</h2>
          <ul>
            {VIEW_NAMES.filter((view) => VIEWS[view].group === group).map((view) => (
              <Item key={view} view={view} session={session} />
            ))}
          </ul>
        </Fragment>
      ))}
    </nav>
  );
}
