/** Panels that the reader can resize; their sizes are kept. */
import type { ReactNode } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { LAYOUT_PREFIX, storage, usePrefs } from "../stores/prefs.ts";

interface SplitProps {
  readonly id: string;
  readonly direction: "horizontal" | "vertical";
  /** Shares of the whole, in percent, one for each child. */
  readonly sizes: readonly number[];
  readonly children: readonly ReactNode[];
}

function SplitGroup({ id, direction, sizes, children }: SplitProps): ReactNode {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: `${LAYOUT_PREFIX}${id}`, storage });
  return (
    <Group
      orientation={direction}
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
      className="desk-split"
      id={id}
    >
      {children.flatMap((child, index) => {
        const panel = (
          <Panel key={`panel-${index}`} id={`${id}-${index}`} defaultSize={`${sizes[index] ?? 50}%`} minSize={120}>
            {child}
          </Panel>
        );
        if (index === 0) return [panel];
        return [<Separator key={`line-${index}`} className="split-handle" aria-label="Resize the panels" />, panel];
      })}
    </Group>
  );
}

export function Split(props: SplitProps): ReactNode {
  const epoch = usePrefs((state) => state.layoutEpoch);
  return <SplitGroup key={epoch} {...props} />;
}
