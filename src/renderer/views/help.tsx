/** Help: the keys, what each view shows, how the paper venue fills, what a halt means and what to press. */
import type { ReactNode } from "react";
import { FENCE } from "../../shared/fence.ts";
import { FILL_MODELS } from "../../shared/orders.ts";
import { TICK_CLASSES, TICK_MEANINGS } from "../../shared/ticks.ts";
import { Panel } from "../components/panel.tsx";
import { Status } from "../components/status.tsx";
import { Key } from "../components/values.tsx";
import { commands, VIEW_KEYS, VIEW_TITLES } from "../actions/commands.ts";
import { isMac, keyLabel } from "../lib/keys.ts";
import { LEVEL_LOOKS, ORDER_LOOKS, STRATEGY_LOOKS, TICK_LOOKS } from "../lib/status.ts";
import { words } from "../lib/format.ts";
import { TRADE_PARTS } from "../lib/trade-help.ts";
import { go, VIEW_NAMES } from "../stores/ui.ts";
import type { ViewName } from "../stores/ui.ts";

const SHOWS: Readonly<Record<ViewName, string>> = {
  desk: "Equity and drawdown, profit by strategy, exposure, headroom of each guard, four service levels, and the schedule at a glance.",
  schedule:
    "When each strategy ran, took too long, was passed over, and runs next; why one fails; and in Ticks what became of each planned run.",
  router:
    "Orders in flight and their age, how much of its rate window each strategy has used, the next order's number.",
  rejections:
    "Every order that was refused, the limit it met, its value then, and when, or from what size, a new one could pass.",
  metrics: "Latency, skips, queue, errors and throughput over time.",
  orders:
    "Working orders with cancel and replace, every order, every fill. A row opens its why: tick, signal, risk, router, …, book.",
  positions:
    "What each strategy holds in each symbol: average, mark, unrealized, realized, fees, the day's profit. Close one, or flatten a scope.",
  drift:
    "Where the session's records and the broker's disagree. Each item is adopted or dismissed; then the session can be resumed.",
  sessions:
    "The workspace's sessions: open one again, compare two, verify, compact or delete one, restore a router snapshot. " +
    "A light run kept no journal: it can be read, compared and deleted. While it is open, lists and exports cover its newest entries.",
  editor:
    "A desk as a form and as YAML, side by side: defaults, rules and errors at each field, a check before the start, save and start.",
  data: "Market data of the workspace: add a file and see what it holds before it is kept, candles, delete, and run strategies on it.",
  regression:
    "Recorded markets run again: equal to what they were, or the first event that differs, both sides, and what led there.",
  log: "What happened, in words.",
  settings: "Theme, time zone, keys, layout.",
  help: "This page.",
};

const GRID_KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓ ← →", "Move through a grid"],
  ["Home End", "First and last column"],
  ["Enter", "Open the row's why"],
  ["Space", "Mark the row"],
  ["[ ]", "The tab, or the view, before and after"],
  ["Esc", "Back: close the why, clear the filter, cancel a dialog"],
  ["Tab", "The next control; Space presses it"],
];

function Keys(): ReactNode {
  const mac = isMac(navigator.platform);
  const named = commands().filter((command) => command.keys.length > 0);
  return (
    <Panel title="Keys" subtitle="single letters can be switched off in Settings">
      <table className="plain">
        <tbody>
          {named.map((command) => (
            <tr key={command.id}>
              <td>{command.label.replace("…", "")}</td>
              <td className="right">
                {command.keys.map((key) => (
                  <Key key={key}>{keyLabel(key, mac)}</Key>
                ))}
              </td>
            </tr>
          ))}
          {GRID_KEYS.map(([key, what]) => (
            <tr key={key}>
              <td>{what}</td>
              <td className="right">
                <Key>{key}</Key>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Views(): ReactNode {
  return (
    <Panel title="Views">
      <table className="plain">
        <tbody>
          {VIEW_NAMES.map((view) => (
            <tr key={view}>
              <td>
                <button type="button" className="button plain" onClick={() => go(view)}>
                  {VIEW_TITLES[view]}
                  <Key>{VIEW_KEYS[view]}</Key>
                </button>
              </td>
              <td>{SHOWS[view]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Fills(): ReactNode {
  return (
    <Panel title="How the paper venue fills">
      <div className="prose">
        <p>
          The desk's <b>broker.fillModel</b> says against what; session.json and session.md name the one that ran.
        </p>
        <ul>
          <li>
            <b>bars</b>, where bars are replayed: {FILL_MODELS.bars}. At equal distance the low comes first.
          </li>
          <li>
            <b>marks</b>, for a market of single prices: {FILL_MODELS.marks}.
          </li>
        </ul>
        <p>
          By bars, a limit fills at its price, or at the open where the bar opens through it; a stop fills where it
          triggers, moved by the slippage. No fill is outside the low and high of a bar that has a range, worse than a
          limit, or on a bar that was under way for more than 15 seconds or a quarter of it when the order came. Volume
          caps a fill where the desk says so; a bar without volume caps nothing.
        </p>
      </div>
    </Panel>
  );
}

function Data(): ReactNode {
  return (
    <Panel title="Market data">
      <div className="prose">
        <p>
          <b>logos import FILE --preview</b> says how a file is read: its columns, zone, first bars with open and close,
          gaps, jumps, and each kind of refused row. A desk&apos;s <b>feed.files</b> are read the same way; each may
          have options of its own, and may be a pattern or a folder.
        </p>
        <ul>
          <li>
            A bar is visible from its close: a day from the next midnight of its zone, a month from the next first.
          </li>
          <li>Times without a zone are UTC unless the desk or --tz says otherwise.</li>
          <li>Where nothing says whether a time is an open or a close it is an open, so that no bar is seen early.</li>
          <li>
            Bars of several lengths of one symbol make a series each. A session runs on the finest and says so;{" "}
            <b>resample: 5m</b> in the feed folds them into one.
          </li>
          <li>
            What was read of a long file is kept beside it in a hidden folder, .logos-cache, so that its next use is
            quick. It goes when the file is deleted, and can be deleted at any time.
          </li>
          <li>Rows that are in no bar are counted and said: at the start, in session.md and at the end.</li>
        </ul>
      </div>
    </Panel>
  );
}

function Instruments(): ReactNode {
  return (
    <Panel title="Instruments, currencies, splits">
      <div className="prose">
        <p>
          An instrument says what a price means: currency, multiplier, tick, lot. Each field comes from the desk, else
          from instruments.yaml in the workspace, else from the built-in table, else it is guessed.{" "}
          <b>logos instruments</b> lists each field with its source.
        </p>
        <ul>
          <li>
            <b>Currencies</b>: money in another currency is never added to the account&apos;s. Write the rate in the
            desk, as <b>fx: {"{ EUR: EURUSD, JPY: 1/USDJPY, GBP: 1.27 }"}</b>; without it the desk is refused.
          </li>
          <li>
            <b>Prices below zero</b> are read and traded where the instrument has allowNegativePrices, as energy futures
            do.
          </li>
          <li>
            <b>Splits and dividends</b> come from the data, and from actions.csv and LEAN&apos;s factor files
            (data/SYMBOL.factors.csv) in the workspace. A split changes quantity and average and cancels open orders; a
            dividend books cash. Declare data that is adjusted already with <b>adjusted: true</b>.
          </li>
        </ul>
      </div>
    </Panel>
  );
}

function Refusals(): ReactNode {
  return (
    <Panel title="Why an order is refused">
      <div className="prose">
        <p>
          Each order passes buying power and the limits of the desk, in their order. The first that refuses answers,
          with its value and its limit; the order&apos;s &quot;why&quot; has the readings of all of them.
        </p>
        <ul>
          <li>
            <b>Buying power</b>: a margin account holds at most its leverage times equity, longs and shorts together; a
            cash account spends its cash and sells what it holds. The desk says which, under broker: account and
            leverage.
          </li>
          <li>
            <b>Getting out</b> is never refused by a limit on size, loss or drawdown: an order that only makes its
            strategy&apos;s position smaller passes the limits of orders and strategies, and one that only makes the
            account&apos;s smaller those of the account.
          </li>
          <li>
            <b>A new order can pass</b>: the moment or the largest size at which the same order passes if nothing else
            changes. Where neither is known, none is shown.
          </li>
          <li>
            <b>After the drawdown cap</b> new orders wait for the cooldown. At its end, or when you halt and resume, the
            drawdown counts from a new peak.
          </li>
        </ul>
      </div>
    </Panel>
  );
}

function Trading(): ReactNode {
  return (
    <Panel title="Orders and positions by hand" subtitle="each on the record with your name">
      <Lists parts={TRADE_PARTS} />
    </Panel>
  );
}

function Halts(): ReactNode {
  return (
    <Panel title="What a halt means">
      <div className="prose">
        <p>
          No strategy sends an order until a person resumes the session. Orders that are at the broker stay there and
          are followed. The halt was on disk before you saw it, so a restart stays halted too.
        </p>
        <h3>What halts a session</h3>
        <ul>
          <li>
            You, with Halt: one key and one confirm. It asks whether everything, a group, one strategy or a symbol.
          </li>
          <li>A breaker: drawdown, too many rejections within a time, stale data.</li>
          <li>
            The kill switch: a file named KILL in the workspace or in the session's folder; KILL.group.NAME,
            KILL.strategy.NAME and KILL.symbol.NAME halt a part. Remove it, then resume.
          </li>
          <li>Drift: a fill, a position or an order on which the session's records and the broker's disagree.</li>
          <li>A fault of the program, or a journal that cannot be trusted.</li>
        </ul>
        <h3>What to press</h3>
        <ul>
          <li>
            Open <b>Drift review</b> ({VIEW_KEYS.drift}). Read why it halted.
          </li>
          <li>
            <b>Adopt</b> takes what the broker says into the books, under a strategy or unattributed. <b>Dismiss</b>{" "}
            leaves the books as they are. Each needs your name and a note.
          </li>
          <li>
            With every item resolved, <b>Resume</b>. The dialog starts on “Stay halted”, and Enter does not confirm.
          </li>
        </ul>
        <h3>A part of the desk</h3>
        <p>
          A group or a strategy that is halted by itself keeps running; its orders are refused as group_halted or
          strategy_halted, and everything else continues. The banner names it in every view, with Resume, which needs
          your name and a note. A resume of the whole session does not lift it.
        </p>
        <h3>Practice</h3>
        <p>
          “Practice an unknown fill” in the session's menu lets the paper broker report a fill that nobody ordered. The
          session halts; review the item, then resume. Only paper is touched.
        </p>
      </div>
    </Panel>
  );
}

const OWN_PARTS = [
  [
    "To make one",
    [
      "“logos strategies new NAME” writes a file into the workspace's strategies folder; it runs and explains every hook.",
      "“logos strategies check NAME.ts” tries it on a made-up market and says which line is wrong.",
      "In desk.yaml it is “module: NAME.ts”.",
    ],
  ],
  [
    "When one fails",
    [
      "Schedule says so, with the reason in its column Why; so does the Log. The others run.",
      "In quarantine it waits until a person lets it run again, in Schedule's menu.",
      "What it prints goes nowhere: the reason for an order is in its because, and in the order's why.",
    ],
  ],
] as const;

/** Titles, each with its list. */
function Lists({ parts }: { readonly parts: readonly (readonly [string, readonly string[]])[] }): ReactNode {
  return (
    <div className="prose">
      {parts.map(([title, lines]) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function OwnStrategies(): ReactNode {
  return (
    <Panel title="Strategies of your own" subtitle="files in TypeScript or JavaScript">
      <Lists parts={OWN_PARTS} />
    </Panel>
  );
}

function Shapes(): ReactNode {
  const looks = [
    [STRATEGY_LOOKS.waiting, "as it should be"],
    [STRATEGY_LOOKS.running, "under way"],
    [ORDER_LOOKS.pending_new, "requested, not confirmed"],
    [STRATEGY_LOOKS.late, "needs a look"],
    [LEVEL_LOOKS.critical, "needs action"],
    [STRATEGY_LOOKS.paused, "off, by choice"],
  ] as const;
  return (
    <Panel title="Shapes">
      <table className="plain">
        <tbody>
          {looks.map(([look, means]) => (
            <tr key={look.shape}>
              <td>
                <Status look={look} />
              </td>
              <td>{means}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Ticks(): ReactNode {
  return (
    <Panel title="What became of a tick">
      <table className="plain">
        <tbody>
          {TICK_CLASSES.map((kind) => (
            <tr key={kind}>
              <td>
                <Status look={TICK_LOOKS[kind]} />
              </td>
              <td>{words(TICK_MEANINGS[kind])}.</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

const FENCE_PARTS = [
  ["Cannot be done", FENCE.stops],
  ["Costs its own run, and no other", FENCE.ends],
  ["Not prevented", FENCE.leaves],
] as const;

function Fence(): ReactNode {
  return (
    <Panel title="What a strategy may do" subtitle="each runs in a process beside the one that trades">
      <Lists parts={FENCE_PARTS} />
    </Panel>
  );
}

export function Help(): ReactNode {
  return (
    <div className="sheet help">
      <div className="stack">
        <Data />
        <Instruments />
        <Fills />
        <Halts />
        <Trading />
        <Refusals />
        <OwnStrategies />
        <Fence />
        <Shapes />
      </div>
      <div className="stack">
        <Views />
        <Ticks />
        <Keys />
      </div>
    </div>
  );
}
