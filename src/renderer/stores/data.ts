/** Market data in the views: the list of files, the file that is looked at, and files on their way to the host. */
import { create } from "zustand";
import type { DataList, DataReading, DataSource } from "../../shared/contract/contract-data.ts";
import { UPLOAD_PIECE_BYTES } from "../../shared/contract/contract-data.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { ask } from "./live.ts";
import { go } from "./ui.ts";
import { sendFile } from "./upload.ts";

type DataDetail =
  | { readonly kind: "none" }
  /** A file that is handed over: `share` of it is there. */
  | { readonly kind: "upload"; readonly name: string; readonly share: number; readonly glimpse: DataReading | null }
  | { readonly kind: "preview"; readonly name: string; readonly source: DataSource }
  | { readonly kind: "series"; readonly name: string };

interface DataStore {
  readonly list: DataList | null;
  readonly error: ErrorShape | null;
  readonly detail: DataDetail;
  /** Files that were dropped together and wait for their preview. */
  readonly waiting: readonly File[];
}

const WAIT_MS = 400;

export const useData = create<DataStore>(() => ({ list: null, error: null, detail: { kind: "none" }, waiting: [] }));

let polling = false;

/** Reads the list, and again while the host still reads files. */
export async function refreshData(): Promise<void> {
  if (polling) return;
  polling = true;
  try {
    for (;;) {
      const answer = await ask("data.list", {});
      if (!answer.ok) return useData.setState({ error: answer.error });
      useData.setState({ list: answer.value, error: null });
      if (answer.value.files.every(({ state }) => state === "read" || state === "unreadable")) return;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  } finally {
    polling = false;
  }
}

const isUploading = (file: File): boolean => {
  const { detail } = useData.getState();
  return detail.kind === "upload" && detail.name === file.name;
};

/** Shows the first rows of a long file while the rest is on its way. */
async function glimpse(file: File, token: string): Promise<void> {
  const answer = await ask("data.glimpse", { source: { kind: "upload", upload: token }, options: {} });
  if (!answer.ok || !isUploading(file)) return;
  const { reading } = answer.value;
  useData.setState(({ detail }) => (detail.kind === "upload" ? { detail: { ...detail, glimpse: reading } } : {}));
}

async function upload(file: File): Promise<void> {
  useData.setState({ detail: { kind: "upload", name: file.name, share: 0, glimpse: null } });
  let begun = false;
  const token = await sendFile(file, (sent, share) => {
    if (!isUploading(file)) return false;
    if (!begun && file.size > UPLOAD_PIECE_BYTES) void glimpse(file, sent);
    begun = true;
    useData.setState(({ detail }) => (detail.kind === "upload" ? { detail: { ...detail, share } } : {}));
    return true;
  });
  if (token === null) return closeData();
  if (!isUploading(file)) {
    await ask("data.discard", { upload: token });
    return;
  }
  useData.setState({ detail: { kind: "preview", name: file.name, source: { kind: "upload", upload: token } } });
}

/** Hands files over and shows the first one's preview; the others follow when it is kept or closed. */
export function takeDataFiles(files: readonly File[]): void {
  const [first, ...others] = files;
  if (first === undefined) return;
  go("data");
  useData.setState({ waiting: others });
  void upload(first);
}

/** Closes what is shown beside the list; the next waiting file takes its place. */
export function closeData(): void {
  const { detail, waiting } = useData.getState();
  if (detail.kind === "preview" && detail.source.kind === "upload")
    void ask("data.discard", { upload: detail.source.upload });
  useData.setState({ detail: { kind: "none" } });
  if (waiting.length > 0) takeDataFiles(waiting);
}

/** Shows a file of the list: its candles, or the preview of one that cannot be read as it is. */
export function openData(name: string): void {
  const file = useData.getState().list?.files.find((one) => one.name === name);
  const unreadable = file?.state === "unreadable";
  useData.setState({
    detail: unreadable ? { kind: "preview", name, source: { kind: "file", name } } : { kind: "series", name },
  });
}
