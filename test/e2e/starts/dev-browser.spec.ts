/**
 * `npm run dev:browser` in a copy of the product: an edited view is replaced in the open page, an edited host starts again.
 */
import { expect, test } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { VIEW_NAMES } from "../../../src/shared/views/console-views.ts";
import { followed } from "../../recipes/copy.ts";
import { goTo } from "../served.ts";

/** Replaces a text of a file that is there once. */
function edit(path: string, before: string, after: string): void {
  const text = readFileSync(path, "utf8");
  expect(text.split(before), path).toHaveLength(2);
  writeFileSync(path, text.replace(before, after));
}

test("an edited view is replaced in the page, and an edited host starts again and has the page back", async ({
  page,
}) => {
  const copy = realpathSync(followed([]));
  const workspace = mkdtempSync(join(tmpdir(), "logos-dev-"));
  const child = spawn(process.execPath, [join(copy, "scripts", "dev-browser.ts"), "--workspace", workspace], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XDG_DATA_HOME: join(workspace, ".data-home") },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`It ended with ${String(code)} before it printed an address.`)));
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [address] = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(line) ?? [];
        if (address !== undefined) resolve(address);
      });
    });
    await page.goto(url);
    // Every view has been loaded when one is edited: what is on its way then makes Vite load the whole page again.
    for (const view of [...VIEW_NAMES, "help"] as const) await goTo(page, view);
    await expect(page.getByRole("heading", { name: "What a halt means" })).toBeVisible();
    await page.evaluate(() => {
      document.documentElement.dataset["kept"] = "yes";
    });
    const help = join(copy, "src", "renderer", "views", "help", "help-texts.ts");
    edit(help, '"What a halt means"', '"What a halt is"');
    await expect(page.getByRole("heading", { name: "What a halt is" })).toBeVisible();
    await expect(page.locator("html[data-kept]")).toHaveCount(1);

    const version = join(copy, "src", "cli", "common", "version.ts");
    edit(version, 'typeof stated === "string" ? stated : "development"', "`edited ${typeof stated}`");
    await expect(page.getByText("edited string")).toBeVisible();
    await expect(page.locator("html[data-kept]")).toHaveCount(0);
  } finally {
    child.kill("SIGINT");
    await ended;
    for (const folder of [copy, workspace]) rmSync(folder, { recursive: true, force: true });
  }
});
