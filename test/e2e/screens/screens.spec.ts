/**
 * Every view in every state of a session, in each theme and at three widths, compared with approved screens.
 *
 * 1. The session stands still (`test/sim/still-host.ts`), the page's clock too, nothing moves or blinks, and fonts are the program's own.
 * 2. Approved sheets are in `approved`. `npm run test:screens -- -u` approves what is shown now: look at the sheets before you keep them.
 * 3. What differs is kept beside its approved sheet in the ignored folder `artifacts/screens`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { CELLS_MAX, compare, hang, pngOf, sheetOf, tileOf, type Difference, type Size } from "./sheets.ts";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { screens } from "../served.ts";
import { STATES, stillHost, type StillHost, type StillState } from "../still.ts";

const WIDTHS: readonly Size[] = [
  { width: 900, height: 700 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const WALL = new Date(Date.UTC(2026, 0, 5, 15, 4, 5));
const STILL =
  "*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }";
const approved = join(import.meta.dirname, "approved");
const fileOf = (name: string): string => join(approved, `${name}.webp`);
/** High contrast is drawn by the same rules in each state, so once is enough. */
const themesOf = (state: StillState): readonly string[] =>
  state === "running" ? ["light", "dark", "contrast"] : ["light", "dark"];

let still: StillHost;
let desk: Page;

test.beforeAll(async ({ browser }) => {
  still = await stillHost();
  desk = await browser.newPage();
});
test.afterAll(async () => {
  await desk.close();
  still.end();
});

async function openState(browser: Browser, state: StillState): Promise<Page> {
  const url = await still.open(state);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    timezoneId: "UTC",
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(WALL);
  await page.goto(url);
  await page.addStyleTag({ content: STILL });
  await expect(page.getByTestId("view-desk")).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  if (state === "lost") {
    await still.lose();
    await expect(page.getByTestId("connection-lost")).toBeVisible();
  }
  return page;
}

async function showView(page: Page, view: string, lost = false): Promise<void> {
  await page.getByTestId(`nav-${view}`).click();
  await page.mouse.move(0, 0);
  await page.waitForFunction(
    (without) =>
      (without || !/(^|\n)Loading /.test(document.body.innerText)) &&
      document.querySelector(".ag-header-row:not(:has([role=columnheader]))") === null,
    // Without its host a view that was never open has nothing to show, and says so.
    lost,
  );
}

/**
 * The page's tile once it is as approved, or drawn twice alike. A theme or a width reaches the charts some frames later, so one look
 * is not enough to call it different.
 */
async function tileAsShown(
  page: Page,
  place: Place,
): Promise<{ readonly tile: string; readonly difference: Difference }> {
  let before = "";
  for (;;) {
    const tile = await tileOf(page, place.size);
    const difference = await compare(desk, tile, place.name, place.index, place.size);
    if (difference.cells <= CELLS_MAX && !place.updates) return { tile, difference };
    if (tile === before) return { tile, difference };
    before = tile;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  }
}

interface Place {
  readonly name: string;
  readonly index: number;
  readonly size: Size;
  readonly updates: boolean;
}

for (const state of STATES)
  test(`each view is as approved: ${state}`, async ({ browser }) => {
    const updates = ["all", "changed"].includes(test.info().config.updateSnapshots);
    const names = WIDTHS.flatMap(({ width }) => themesOf(state).map((theme) => `${state}-${theme}-${width}`));
    const missing = updates ? [] : names.filter((name) => !existsSync(fileOf(name)));
    expect(missing, "sheets without an approved one: npm run test:screens -- -u").toEqual([]);
    const page = await openState(browser, state);
    const sheets = new Map<string, { readonly size: Size; readonly tiles: string[]; readonly wrong: string[] }>();
    for (const size of WIDTHS) {
      await page.setViewportSize(size);
      // Columns are as wide as they are at first at each width, not as they were kept at the one before.
      await page.evaluate(() => window.localStorage.clear());
      for (const theme of themesOf(state)) {
        const name = `${state}-${theme}-${size.width}`;
        const file = fileOf(name);
        if (existsSync(file)) await hang(desk, name, readFileSync(file).toString("base64"));
        sheets.set(name, { size, tiles: [], wrong: [] });
      }
      for (const [index, view] of VIEW_NAMES.entries()) {
        await showView(page, view, state === "lost");
        for (const theme of themesOf(state)) {
          await page.evaluate((name) => {
            document.documentElement.dataset["theme"] = name;
          }, theme);
          const name = `${state}-${theme}-${size.width}`;
          const { tile, difference } = await tileAsShown(page, { name, index, size, updates });
          sheets.get(name)?.tiles.push(tile);
          const { cells, most } = difference;
          const wrong = `${name}, ${view}: ${cells} cells differ, by up to ${most.toFixed(0)}`;
          if (cells > CELLS_MAX) sheets.get(name)?.wrong.push(wrong);
        }
      }
    }
    await page.context().close();
    mkdirSync(screens, { recursive: true });
    mkdirSync(approved, { recursive: true });
    for (const [name, { size, tiles, wrong }] of sheets) {
      if (!updates && wrong.length === 0) continue;
      const sheet = await sheetOf(desk, tiles, size);
      writeFileSync(join(screens, `sheet-${name}.png`), await pngOf(desk, sheet));
      if (updates && wrong.length > 0) writeFileSync(fileOf(name), Buffer.from(sheet, "base64"));
    }
    if (!updates) expect([...sheets.values()].flatMap(({ wrong }) => wrong)).toEqual([]);
  });

test("a button that moved and a column that is gone are seen; letters drawn a little differently are not", async ({
  browser,
}) => {
  const page = await openState(browser, "running");
  const halt = "[data-testid=halt-session]";
  const changes = [
    { what: "nothing", css: "/* as it is */", seen: false },
    {
      what: "letters a third of a point to the right",
      css: ".view, .topbar { transform: translate(0.33px, 0.2px) }",
      seen: false,
    },
    { what: "heavier letters", css: "* { -webkit-text-stroke: 0.1px currentcolor }", seen: false },
    { what: "a button 24 points lower", css: `${halt} { position: relative; top: 24px }`, seen: true },
    { what: "a button that is gone", css: `${halt} { visibility: hidden }`, seen: true },
    { what: "a column that is gone", css: "[col-id=symbol] { visibility: hidden }", seen: true },
  ];
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    await showView(page, "orders");
    for (const theme of ["light", "dark"]) {
      await page.evaluate((name) => {
        document.documentElement.dataset["theme"] = name;
      }, theme);
      const name = `trial-${theme}-${size.width}`;
      const place = { name, index: 0, size, updates: true };
      await hang(desk, name, await sheetOf(desk, [(await tileAsShown(page, place)).tile], size));
      for (const { what, css, seen } of changes) {
        const style = await page.addStyleTag({ content: css });
        const { difference } = await tileAsShown(page, place);
        await style.evaluate((element) => (element as unknown as Element).remove());
        expect.soft(difference.cells > CELLS_MAX, `${name}: ${what}, ${difference.cells} cells`).toBe(seen);
      }
    }
  }
  await page.context().close();
});
