/**
 * Files that a browser or a window hands over piece by piece, kept in a folder of this host until they are imported or discarded.
 *
 * 1. A piece is taken only where the last one ended, so that a lost or repeated piece is noticed.
 * 2. The name that a reader gives is text to show and to find a symbol in; it is never part of a path.
 * 3. At most `UPLOADS_MAX` wait at a time: the oldest makes room. All are gone when the host ends.
 */
import { randomUUID } from "node:crypto";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DATA_FILE_BYTES_MAX } from "../../live/feed/factory.ts";
import { CodedError } from "../../shared/errors.ts";
import { removeCaches } from "../../store/index.ts";

const UPLOADS_MAX = 8;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

interface Upload {
  readonly path: string;
  readonly name: string;
  received: number;
}

interface Piece {
  readonly upload: string | null;
  readonly name: string;
  readonly offset: number;
  readonly base64: string;
}

/** The last part of a name, without signs that a terminal or a file system would take for more than text. */
function plainName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  return last.replaceAll(/\p{Cc}/gu, "").trim() || "file";
}

export class Uploads {
  #folder: string | null = null;
  readonly #uploads = new Map<string, Upload>();

  /** Takes a piece. Throws `not_found`, `invalid_input` or `too_large`. */
  take({ upload, name, offset, base64 }: Piece): { upload: string; received: number } {
    if (base64.length % 4 !== 0 || !BASE64.test(base64))
      throw new CodedError("invalid_input", "The piece of the file is no base64 text. Send the file again.");
    const bytes = Buffer.from(base64, "base64");
    const token = upload ?? this.#begin(name);
    const found = this.find(token);
    if (offset !== found.received)
      throw new CodedError(
        "invalid_input",
        `A piece of ${found.name} came at ${offset}, and ${found.received} bytes are here. Send the file again.`,
      );
    if (found.received + bytes.length > DATA_FILE_BYTES_MAX)
      throw new CodedError("too_large", `${found.name} is longer than ${DATA_FILE_BYTES_MAX} bytes. Send less of it.`);
    appendFileSync(found.path, bytes);
    found.received += bytes.length;
    return { upload: token, received: found.received };
  }

  /** Throws `not_found` for one that was discarded or made room for others. */
  find(token: string): Upload {
    const found = this.#uploads.get(token);
    if (found === undefined)
      throw new CodedError("not_found", "This file is no longer here. Drop it or pick it again.");
    return found;
  }

  discard(token: string): void {
    const found = this.#uploads.get(token);
    if (found !== undefined) {
      rmSync(found.path, { force: true });
      removeCaches(found.path);
    }
    this.#uploads.delete(token);
  }

  close(): void {
    this.#uploads.clear();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = null;
  }

  #begin(name: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "logos-upload-"));
    const token = randomUUID();
    const path = join(this.#folder, token);
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
    this.#uploads.set(token, { path, name: plainName(name), received: 0 });
    const oldest = this.#uploads.keys().next();
    if (this.#uploads.size > UPLOADS_MAX && oldest.done !== true) this.discard(oldest.value);
    return token;
  }
}
