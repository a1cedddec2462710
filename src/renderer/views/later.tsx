/** Views that are loaded when they are first shown, or before, while the window has nothing else to do. */
import { useEffect, useState } from "react";
import type { ComponentType, ReactNode } from "react";
import { Loading } from "../components/panel.tsx";

type Load = () => Promise<ComponentType>;

const waiting: (() => Promise<void>)[] = [];

/** A view whose code comes from a file of its own. One that could not be loaded is tried again when it is drawn again. */
export function later(load: Load, what: string): ComponentType {
  let made: ComponentType | null = null;
  const fetchIt = async (): Promise<void> => {
    made ??= await load();
  };
  waiting.push(fetchIt);
  return function Later(): ReactNode {
    const [state, setState] = useState<{ readonly error: Error | null; readonly there: boolean }>({
      error: null,
      there: made !== null,
    });
    useEffect(() => {
      let gone = false;
      const begin = async (): Promise<void> => {
        try {
          await fetchIt();
          if (!gone) setState({ error: null, there: true });
        } catch {
          const message = "Its code could not be loaded. Try again, or reload the window if the console was updated.";
          if (!gone) setState({ error: new Error(message), there: false });
        }
      };
      if (!state.there) void begin();
      return () => {
        gone = true;
      };
    }, [state.there]);
    if (state.error !== null) throw state.error;
    const View = made;
    return View === null || !state.there ? <Loading what={what} /> : <View />;
  };
}

/** Loads what was not shown yet, one after another, so that a view opens at once and a lost host takes none away. */
export async function loadTheRest(): Promise<void> {
  for (const fetchIt of waiting.splice(0)) {
    await new Promise<unknown>((resolve) => {
      requestIdleCallback(resolve);
    });
    // What cannot be loaded now is asked for again when it is shown.
    await fetchIt().catch(() => undefined);
  }
}
