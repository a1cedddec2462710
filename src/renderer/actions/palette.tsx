/** Ctrl/Cmd+K: search across everything that has a name, and every command with its key. */
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";
import { useFocusBack } from "../lib/focus-back.ts";
import { Key } from "../components/values.tsx";
import { isMac, keyLabel } from "../lib/keys.ts";
import { useStream } from "../stores/live.ts";
import { useUi } from "../stores/ui.ts";
import { openFound, search } from "./search.ts";

interface ResultsProps {
  readonly text: string;
  /** Another number: more can be found than before. */
  readonly known: number;
}

/**
 * What is found for a text, as it is when the text was written: results never move under the pointer. An entry that is found again keeps
 * its element, because the input names the selected one by its id.
 */
function Results({ text, known }: ResultsProps): ReactNode {
  const sections = useMemo(() => (known < 0 ? [] : search(text)), [text, known]);
  const mac = isMac(navigator.platform);
  return sections.map(({ heading, items }) => (
    <Command.Group key={heading} heading={heading}>
      {items.map((found) => (
        <Command.Item
          key={found.id}
          value={`${heading} ${found.id}`}
          onSelect={() => {
            useUi.setState({ palette: false });
            openFound(found);
          }}
        >
          <span className="found">{found.label}</span>
          <span className="quiet clip">{found.hint}</span>
          {found.keys.map((key) => (
            <Key key={key}>{keyLabel(key, mac)}</Key>
          ))}
        </Command.Item>
      ))}
    </Command.Group>
  ));
}

const NAMES = "aria-activedescendant";

/** Names the selected entry to assistive technology. The library does so a step late where entries come and go, or not at all. */
function useSelectedNamed(): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const name = (): void => {
      const id = element.querySelector("[cmdk-item][aria-selected=true]")?.id ?? null;
      for (const naming of element.querySelectorAll("[cmdk-input], [cmdk-list]")) {
        if (naming.getAttribute(NAMES) === id) continue;
        if (id === null) naming.removeAttribute(NAMES);
        else naming.setAttribute(NAMES, id);
      }
    };
    const observer = new MutationObserver(name);
    observer.observe(element, { subtree: true, childList: true, attributeFilter: ["aria-selected", NAMES] });
    name();
    return () => observer.disconnect();
  }, []);
  return place;
}

function List(): ReactNode {
  const place = useSelectedNamed();
  const [text, setText] = useState("");
  // Orders and sessions are found once they have come.
  const known = [useStream("orders"), useStream("sessions")].filter((stream) => stream !== null).length;
  return (
    <Command ref={place} label="Search" loop shouldFilter={false}>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder="Search strategies, symbols, orders, sessions, commands, help"
      />
      <Command.List>
        <Results text={text} known={known} />
      </Command.List>
      <Command.Empty>No match.</Command.Empty>
    </Command>
  );
}

export function Palette(): ReactNode {
  const open = useUi((state) => state.palette);
  const back = useFocusBack();
  return (
    <Dialog.Root open={open} onOpenChange={(palette) => useUi.setState({ palette })}>
      <Dialog.Portal>
        <Dialog.Overlay className="shade" />
        <Dialog.Content
          className="palette"
          data-testid="palette"
          aria-describedby={undefined}
          onOpenAutoFocus={back.opened}
          onCloseAutoFocus={back.closed}
        >
          <Dialog.Title className="hidden-text">Search</Dialog.Title>
          <List />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
