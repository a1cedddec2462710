/**
 * The built views' files in the forms that the build laid beside them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { encodingsIn, readPage } from "../../../src/console/state/pages.ts";

const folder = mkdtempSync(join(tmpdir(), "logos-pages-"));
const SCRIPT = "console.log(1);".repeat(50);
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "assets", "one.js"), SCRIPT);
writeFileSync(join(folder, "assets", "one.js.br"), brotliCompressSync(SCRIPT));
writeFileSync(join(folder, "assets", "one.js.gz"), gzipSync(SCRIPT));
writeFileSync(join(folder, "assets", "two.js"), SCRIPT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a page", () => {
  it("comes in the best form that the reader takes and that is there", async () => {
    const one = await readPage(folder, "/assets/one.js", encodingsIn("gzip, deflate, br, zstd"));
    expect(one?.encoding).toBe("br");
    expect(one?.type).toBe("text/javascript; charset=utf-8");
    expect(brotliDecompressSync(one?.body ?? new Uint8Array()).toString()).toBe(SCRIPT);
    expect((await readPage(folder, "/assets/one.js", encodingsIn("gzip;q=0.5")))?.encoding).toBe("gzip");
    expect((await readPage(folder, "/assets/two.js", encodingsIn("br")))?.encoding).toBeNull();
    expect((await readPage(folder, "/assets/one.js"))?.encoding).toBeNull();
  });

  it("is never a compressed form itself", async () => {
    expect(await readPage(folder, "/assets/one.js.br", encodingsIn("br"))).toBeNull();
    expect(await readPage(folder, "/assets/one.js.gz")).toBeNull();
  });
});

describe("what a reader takes", () => {
  it.each([
    ["", []],
    ["identity", []],
    ["*", []],
    ["br;q=0, gzip", ["gzip"]],
    ["GZIP , BR;q=0.1", ["br", "gzip"]],
    ["br;q=0.000", []],
    ["xbr, gzipped", []],
  ])("is read from %j", (accept, encodings) => {
    expect(encodingsIn(accept)).toEqual(encodings);
  });
});
