/** Files on their way to the host: sent in pieces, so that no message is long and each can be given up in between. */
import { UPLOAD_PIECE_BYTES } from "../../shared/contract/contract-data.ts";
import type { Output } from "../../shared/contract/contract.ts";
import { ask, type Answer } from "./live.ts";
import { notify } from "./ui.ts";

/** The content of a piece as base64, by the browser's own means. */
function base64Of(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () =>
      resolve(typeof reader.result === "string" ? (reader.result.split(",")[1] ?? "") : ""),
    );
    reader.addEventListener("error", () => reject(new Error("The file cannot be read.")));
    reader.readAsDataURL(piece);
  });
}

/**
 * Sends a file and answers the name of its upload; null where that failed, which was shown. `onPiece` gets the upload and the share of
 * the file that is there, and says whether to continue.
 */
export async function sendFile(
  file: File,
  onPiece: (upload: string, share: number) => boolean,
): Promise<string | null> {
  let token: string | null = null;
  for (let offset = 0; offset === 0 || offset < file.size; offset += UPLOAD_PIECE_BYTES) {
    let base64: string;
    try {
      base64 = await base64Of(file.slice(offset, offset + UPLOAD_PIECE_BYTES));
    } catch {
      notify(`${file.name} cannot be read. It may be a folder, or may have changed.`, "problem");
      return null;
    }
    const answer: Answer<Output<"data.upload">> = await ask("data.upload", {
      upload: token,
      name: file.name.slice(-255),
      offset,
      base64,
    });
    if (!answer.ok) {
      notify(answer.error.message, "problem");
      return null;
    }
    token = answer.value.upload;
    if (!onPiece(token, answer.value.received / Math.max(1, file.size))) break;
  }
  return token;
}
