/** The window: bar, rail, view, status line, and what lies over them. */
import { Component, useEffect, useRef } from "react";
import type { ReactNode } from "react";
import { VIEWS } from "../shared/views/console-views.ts";
import type { ViewName } from "../shared/views/console-views.ts";
import { Empty, Loading } from "./components/panel.tsx";
import { Palette } from "./actions/palette.tsx";
import { QuestionDialog } from "./components/question.tsx";
import { TicketDialog } from "./components/ticket.tsx";
import { TermTip } from "./components/term.tsx";
import { WhyPanel } from "./components/why.tsx";
import { Banners, Notices } from "./frame/banners.tsx";
import { useFocusKept } from "./lib/focus-back.ts";
import { useKeyboard } from "./frame/keyboard.ts";
import { Rail } from "./frame/rail.tsx";
import { SessionLine } from "./frame/session-line.tsx";
import { StatusLine } from "./frame/statusline.tsx";
import { Tour } from "./frame/tour.tsx";
import { TopBar } from "./frame/topbar.tsx";
import { isUnknown, retry, useLive, useSession } from "./stores/live.ts";
import { useUi } from "./stores/ui.ts";
import { DRAWN } from "./views/registry.ts";

interface BoundaryProps {
  readonly view: ViewName;
  readonly children: ReactNode;
}

/** A view that breaks takes no other view with it. */
class Boundary extends Component<BoundaryProps, { readonly message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <div className="state" role="alert" data-testid="view-failed">
        <b>{VIEWS[this.props.view].title} cannot be shown</b>
        <p className="text">{this.state.message}</p>
        <p>The session is not affected. Open another view, or reload this one.</p>
        <button type="button" className="button" onClick={() => this.setState({ message: null })}>
          Reload the view
        </button>
      </div>
    );
  }
}

function Stage(): ReactNode {
  const view = useUi((state) => state.view);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const state = useSession()?.state ?? "none";
  const { component: View } = DRAWN[view];
  useFocusKept(main);
  useEffect(() => {
    // The view and the state are named, so that each change of them runs this.
    main.current?.setAttribute("data-view", view);
    main.current?.setAttribute("data-session", state);
    if (first.current) {
      first.current = false;
      return undefined;
    }
    // What had the focus may have gone with the change: a button of the former view, or one that the new state has no use for.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) main.current?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [view, state]);
  return (
    <div className="stage">
      <div className="banner-slot">
        <SessionLine />
        <section className="banner-stack" aria-label="Banners">
          <Banners />
        </section>
      </div>
      <div className="stage-view">
        <main
          id="main"
          ref={main}
          tabIndex={-1}
          className="view"
          data-testid={`view-${view}`}
          aria-label={VIEWS[view].title}
        >
          <h1 className="hidden-text">{VIEWS[view].title}</h1>
          <Boundary key={view} view={view}>
            <View />
          </Boundary>
        </main>
        <WhyPanel />
      </div>
    </div>
  );
}

function Shut(): ReactNode {
  return (
    <main className="state" data-testid="unauthorized">
      <h1 className="hidden-text">Logos Console</h1>
      <Empty title="This window is not signed in">
        Open the address that the terminal printed when the console started. Each address works once; after a restart
        the console prints a new one.
      </Empty>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </main>
  );
}

export function App(): ReactNode {
  useKeyboard();
  const connection = useLive((state) => state.connection);
  const known = useLive((state) => state.streams.app !== null);
  if (connection === "unauthorized") return <Shut />;
  if (!known)
    return (
      <main className="state">
        <h1 className="hidden-text">Logos Console</h1>
        <Loading what={isUnknown(connection) ? "again: the console does not answer yet" : "the desk"} />
      </main>
    );
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the view
      </a>
      <div className="frame" data-lost={isUnknown(connection) ? "" : undefined}>
        <TopBar />
        <Rail />
        <Stage />
        <StatusLine />
      </div>
      <QuestionDialog />
      <TicketDialog />
      <Palette />
      <Notices />
      <Tour />
      <TermTip />
    </>
  );
}
