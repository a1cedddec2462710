/**
 * Files that a person drops on an element.
 *
 * 1. Only a drag that carries files is taken; any other is left to the elements around it.
 * 2. A drop is handled once: it does not reach an element further out.
 */
import { useState } from "react";
import type { DragEvent } from "react";

/** Handlers for the element, and whether files hover over it. `take` gets the dropped files. */
export function useFileDrop(take: (files: readonly File[]) => void) {
  const [over, setOver] = useState(false);
  const carries = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    over,
    onDragOver: (event: DragEvent): void => {
      if (!carries(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (): void => setOver(false),
    onDrop: (event: DragEvent): void => {
      if (!carries(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      take([...event.dataTransfer.files]);
    },
  };
}
