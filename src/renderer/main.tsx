/** The door of the renderer: fonts, styles, the bridge, and the window's content. */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/trade.css";
import "./styles/grid.css";
import "./styles/views.css";
import "./styles/regression.css";
import "./styles/data.css";
import "./styles/desk-editor.css";
import { createRoot } from "react-dom/client";
import type { Bridge } from "../shared/contract/contract.ts";
import { App } from "./app.tsx";
import { followViews } from "./views/ahead.ts";
import { loadTheRest } from "./views/later.tsx";
import { createLoopbackBridge, tokenOf } from "./bridge/loopback.ts";
import { followAttention } from "./actions/attention.ts";
import { followHandedFiles } from "./actions/handed.ts";
import { followMenu } from "./actions/menu.ts";
import { followLayouts, joinHostLayouts } from "./stores/layouts.ts";
import { call, start, useLive } from "./stores/live.ts";
import { followConnection } from "./stores/own-alerts.ts";
import { followAddress } from "./stores/windows.ts";
import { followTheme, joinHostSettings } from "./stores/prefs.ts";

declare global {
  interface Window {
    /** Put there by the preload under Electron. */
    readonly logos?: Bridge;
  }
}

/** The key under which the workspace keeps what the reader chose. */
const SETTING = "view.preferences";
const LAYOUTS = "view.layouts";

/** Once the host answers, its settings and this window's are joined; a host that keeps none is no problem. */
function joinSettings(): void {
  const stop = useLive.subscribe((state) => {
    if (state.streams.app === null) return;
    stop();
    const save = (value: string): void => {
      call("settings.write", { key: SETTING, value }).catch(() => undefined);
    };
    call("settings.read", {})
      .then(({ settings }) => {
        const layouts = settings[LAYOUTS];
        joinHostLayouts(typeof layouts === "string" ? layouts : null, (value) => {
          call("settings.write", { key: LAYOUTS, value }).catch(() => undefined);
        });
        const stored = settings[SETTING];
        return joinHostSettings(typeof stored === "string" ? stored : null, save);
      })
      .catch(() => undefined);
  });
}

/** Another workspace in place of the one that this window began with: the window restarts, so that nothing of the former is left in it. */
function followWorkspace(): void {
  let first: string | null = null;
  useLive.subscribe(({ streams: { app } }) => {
    if (app === null) return;
    first ??= app.workspace;
    if (app.workspace !== first) window.location.reload();
  });
}

/** A new address that is opened in this tab differs in its fragment alone, so the browser does not load the page again by itself. */
function followToken(): void {
  window.addEventListener("hashchange", () => {
    if (tokenOf(window.location.hash) !== null) window.location.reload();
  });
}

followTheme();
followToken();
followWorkspace();
followAttention();
followConnection();
followLayouts();
followAddress();
joinSettings();
followHandedFiles();
const bridge = window.logos ?? createLoopbackBridge();
start(bridge);
followMenu(bridge);
followViews();

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element.");
createRoot(root).render(<App />);
void loadTheRest();
