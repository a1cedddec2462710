/**
 * Every sentence of the help, in one place so that it can be read through. Words between double asterisks are shown bold.
 *
 * 1. Terms, states and reasons are not explained here: the glossary has them. What each view shows is in the table of views.
 */
import { VIEWS } from "../../../shared/views/console-views.ts";
import { FENCE } from "../../../shared/fence.ts";
import { FILL_MODELS } from "../../../shared/orders.ts";
import { TRADE_PARTS } from "../../lib/trade-help.ts";

/** A heading, or null for none, and what stands below it: a text is a paragraph, a list is a list. */
export interface Part {
  readonly heading: string | null;
  readonly blocks: readonly (string | readonly string[])[];
}

export interface Topic {
  readonly title: string;
  readonly subtitle?: string;
  readonly parts: readonly Part[];
}

export const GRID_KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓ ← →", "Move through a grid"],
  ["Home End", "First and last column"],
  ["Enter", "Open the row's why"],
  ["Space", "Select the row"],
  ["[ ]", "Previous and next tab or view"],
  ["Esc", "Close the why, clear the filter, cancel a dialog"],
  ["Tab", "Next control; Space presses it"],
];

const list = (heading: string | null, ...lines: readonly string[]): Part => ({ heading, blocks: [lines] });

const HALTS: Topic = {
  title: "What a halt means",
  parts: [
    {
      heading: null,
      blocks: [
        "No strategy sends an order until a person resumes the session. Working orders stay at the broker and are " +
          "tracked. The halt was on disk before you saw it, so a restart stays halted.",
      ],
    },
    list(
      "What halts a session",
      "You, with Halt: one key and one confirm, for everything, a group, one strategy or a symbol.",
      "A breaker: drawdown, too many rejections within a time, stale data.",
      "The kill switch: a file named KILL in the workspace or in the session's folder. KILL.group.NAME, " +
        "KILL.strategy.NAME and KILL.symbol.NAME halt a part. Remove the file, then resume.",
      "Drift: a fill, a position or an order on which the session's records and the broker's differ.",
      "A fault of the program, or a journal that fails its checks.",
    ),
    list(
      "What to press",
      `Open **Drift review** (${VIEWS.drift.key}) and read why it halted.`,
      "**Adopt** books the broker's record, to a strategy or unattributed. **Dismiss** leaves the books " +
        "unchanged. Each needs your name and a note.",
      "Once every item is resolved, press **Resume**. The dialog starts on “Stay halted”, and Enter does not " +
        "confirm.",
    ),
    {
      heading: "A part of the desk",
      blocks: [
        "A halted group or strategy keeps running; its orders are refused as “Group halted” or “Strategy halted”, and " +
          "everything else continues. The banner names it in every view, with Resume, which needs your name and a " +
          "note. Resuming the whole session does not resume the part.",
      ],
    },
    {
      heading: "Practice",
      blocks: [
        "“Practice an unknown fill” in the session's menu makes the paper broker report a fill without an order. " +
          "The session halts; review the item, then resume. Only the paper account is affected.",
      ],
    },
  ],
};

const REFUSALS: Topic = {
  title: "Why an order is refused",
  parts: [
    {
      heading: null,
      blocks: [
        "Each order passes buying power and the desk's limits, in their order. The first that refuses decides, " +
          "with its value and its limit; the order's why lists the readings of all of them.",
        [
          "**Buying power**: a margin account holds at most its leverage times equity, longs and shorts together; a " +
            "cash account spends its cash and sells what it holds. The desk sets it under broker: account and " +
            "leverage.",
          "**Reducing** is never refused by a limit on size, loss or drawdown: an order that only reduces its " +
            "strategy's position passes the limits of orders and strategies, and one that only reduces the account's " +
            "position passes those of the account.",
          "**A new order can pass**: the moment or the largest size at which the same order passes if nothing else " +
            "changes. Where neither is known, none is shown.",
          "**After the drawdown cap** new orders wait for the cooldown. At its end, or when you halt and resume, " +
            "the drawdown counts from a new peak.",
        ],
      ],
    },
  ],
};

const FILLS: Topic = {
  title: "How the paper venue fills",
  parts: [
    {
      heading: null,
      blocks: [
        "The desk's **broker.fillModel** chooses the model; session.json and session.md record which one ran.",
        [
          `**bars**, where bars are replayed: ${FILL_MODELS.bars}. At equal distance the low comes first.`,
          `**marks**, for a market of single prices: ${FILL_MODELS.marks}.`,
        ],
        "With bars, a limit fills at its price, or at the open where the bar opens through it; a stop fills where " +
          "it triggers, moved by the slippage. No fill lies outside the low and high of a bar that has a range, is " +
          "worse than its limit, or falls on a bar that was under way for more than 15 seconds or a quarter of its " +
          "length when the order arrived. Volume caps a fill where the desk sets it; a bar without volume caps " +
          "nothing.",
        "Bars and marks that were made of quotes have a spread, and their prices are the middle. There a market order, and a " +
          "stop that has triggered, pays half the spread before the slippage: a buy above the middle, a sell below it. The " +
          "bar's low and high move by the same half. Limit orders fill as without a spread.",
      ],
    },
  ],
};

const DATA: Topic = {
  title: "Market data",
  parts: [
    {
      heading: null,
      blocks: [
        "**logos import FILE --preview** shows how a file is read: its columns, zone, first bars with open and " +
          "close, gaps, jumps, and each kind of refused row. A desk's **feed.files** are read the same way; each " +
          "may have its own options, and may be a pattern or a folder.",
        [
          "A bar is visible from its close: a day from the next midnight of its zone, a month from the next first.",
          "Times without a zone are UTC unless the desk or --tz says otherwise.",
          "Where a file does not say whether a time is a bar's open or its close, it is read as the open, so that " +
            "no bar is seen early.",
          "Bars of several lengths of one symbol make a series each. A session runs on the finest and says so; " +
            "**resample: 5m** in the feed folds them into one.",
          "What was read of a long file is kept beside it in a hidden folder, .logos-cache, so that its next use is quick. " +
            "It goes when the file is deleted, and can be deleted at any time.",
          "Refused rows are counted and reported: at the start, in session.md and at the end.",
        ],
      ],
    },
  ],
};

const INSTRUMENTS: Topic = {
  title: "Instruments, currencies, splits",
  parts: [
    {
      heading: null,
      blocks: [
        "An instrument says what a price means: currency, multiplier, tick, lot. Each field comes from the desk, " +
          "else from instruments.yaml in the workspace, else from the built-in table, else it is guessed. **logos " +
          "instruments** lists each field with its source.",
        [
          "**Currencies**: money in another currency is never added to the account's. Write the rate in the desk, " +
            "as **fx: { EUR: EURUSD, JPY: 1/USDJPY, GBP: 1.27 }**; without it the desk is refused.",
          "**Prices below zero** are read and traded where the instrument has allowNegativePrices, as energy " +
            "futures do.",
          "**Splits and dividends** come from the data, and from actions.csv and LEAN's factor files " +
            "(data/SYMBOL.factors.csv) in the workspace. A split changes quantity and average and cancels open " +
            "orders; a dividend books cash. Declare data that is already adjusted with **adjusted: true**.",
        ],
      ],
    },
  ],
};

const KEPT: Topic = {
  title: "What a session keeps",
  subtitle: "in its folder, below the workspace's sessions",
  parts: [
    list(
      null,
      "**The journal** has every decision and every report; all else can be made from it again. It keeps " +
        "everything unless the desk sets **orchestrator_journal_keep**: then runs, missed slots, equity and " +
        "metrics older than that are dropped, and their files are shortened to match. Orders, fills and what " +
        "operators did are always kept.",
      "**logos compact**, or Compact in Sessions, does the same once, for what is older than 24 hours. It " +
        "cannot be undone.",
      "**archive.db** is what the console searches, sorts and pages in: a copy of the orders, fills and " +
        "rejections with indexes, and what a long session's views had learned, so that it opens at once. It can be " +
        "deleted; the console makes it again from the journal the next time the session is open.",
      "**A light run** keeps orders, fills, equity, metrics and a summary, and neither journal nor archive.db: " +
        "it cannot be reopened, verified or compacted.",
    ),
  ],
};

const OWN: Topic = {
  title: "Your own strategies",
  subtitle: "files in TypeScript or JavaScript",
  parts: [
    list(
      "Create one",
      "“logos strategies new NAME” writes a file into the workspace's strategies folder; it runs, and its " +
        "comments explain every hook.",
      "“logos strategies new NAME --from EXAMPLE” begins with a known strategy; “logos strategies list” names them, and " +
        "the first screen offers them, too.",
      "“logos strategies check NAME.ts” runs it on a sample market and names the line of each problem.",
      "In desk.yaml it is “module: NAME.ts”.",
    ),
    list(
      "When one fails",
      "Schedule shows the reason and since when in its column Why; the Log has it, too. The others run.",
      "A quarantined strategy stays paused until a person resumes it, in Schedule's menu.",
      "Its console output is discarded: an order's reason belongs in its because, and is shown in the order's why.",
    ),
  ],
};

const LIMITS: Topic = {
  title: "What a strategy may do",
  subtitle: "each runs in a process beside the one that trades",
  parts: [
    list("Prevented", ...FENCE.stops),
    list("Ends its own run, and no other", ...FENCE.ends),
    list("Not prevented", ...FENCE.leaves),
  ],
};

const TRADING: Topic = {
  title: "Orders and positions by hand",
  subtitle: "each is recorded with your name",
  parts: TRADE_PARTS.map(([heading, lines]) => list(heading, ...lines)),
};

/** The topics in the order in which a new trader needs them. */
export const TOPICS: readonly Topic[] = [HALTS, TRADING, REFUSALS, FILLS, KEPT, DATA, INSTRUMENTS, OWN, LIMITS];
