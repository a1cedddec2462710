/** Ctrl/Cmd+K: every command by name, with its key. */
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { commands } from "./commands.ts";
import { isMac, keyLabel } from "../lib/keys.ts";
import { useUi } from "../stores/ui.ts";
import { Key } from "../components/values.tsx";

const GROUPS = ["Session", "Trade", "Go to", "View", "Export"] as const;

function List(): ReactNode {
  const mac = isMac(navigator.platform);
  const all = commands().filter((command) => command.id !== "palette");
  return (
    <Command label="Commands" loop>
      <Command.Input autoFocus placeholder="What do you want to do?" />
      <Command.List>
        <Command.Empty>No command has this name.</Command.Empty>
        {GROUPS.map((group) => (
          <Command.Group key={group} heading={group}>
            {all
              .filter((command) => command.group === group && command.enabled)
              .map((command) => (
                <Command.Item
                  key={command.id}
                  value={`${group} ${command.label}`}
                  onSelect={() => {
                    useUi.setState({ palette: false });
                    command.run();
                  }}
                >
                  {command.label}
                  {command.keys.map((key) => (
                    <Key key={key}>{keyLabel(key, mac)}</Key>
                  ))}
                </Command.Item>
              ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

export function Palette(): ReactNode {
  const open = useUi((state) => state.palette);
  return (
    <Dialog.Root open={open} onOpenChange={(palette) => useUi.setState({ palette })}>
      <Dialog.Portal>
        <Dialog.Overlay className="shade" />
        <Dialog.Content className="palette" data-testid="palette" aria-describedby={undefined}>
          <Dialog.Title className="hidden-text">Commands</Dialog.Title>
          <List />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
