/** The button that picks market data files. */
import { FileUp } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import { takeDataFiles } from "../../stores/data.ts";

/** A button that picks files. */
export function PickFiles(): ReactNode {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={file}
        type="file"
        multiple
        hidden
        aria-label="Market data files"
        data-testid="data-file-input"
        onChange={(event) => {
          const input = event.currentTarget;
          takeDataFiles([...(input.files ?? [])]);
          input.value = "";
        }}
      />
      <button type="button" className="button" data-testid="pick-data" onClick={() => file.current?.click()}>
        <FileUp size={13} aria-hidden="true" />
        Add a file…
      </button>
    </>
  );
}
