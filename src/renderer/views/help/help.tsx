/** Help: what a halt means and what to press, orders, fills, data; beside it the views, the keys, the shapes and the glossary. */
import type { ReactNode } from "react";
import { VIEW_NAMES, VIEWS } from "../../../shared/views/console-views.ts";
import { TICK_CLASSES, TICK_MEANINGS } from "../../../shared/ticks.ts";
import { Panel } from "../../components/panel.tsx";
import { Status } from "../../components/status.tsx";
import { Key } from "../../components/values.tsx";
import { commands } from "../../actions/commands.ts";
import { isMac, keyLabel } from "../../lib/keys.ts";
import { LEVEL_LOOKS, ORDER_LOOKS, STRATEGY_LOOKS, TICK_LOOKS } from "../../lib/status.ts";
import { words } from "../../lib/format.ts";
import { go } from "../../stores/ui.ts";
import { Glossary } from "./glossary.tsx";
import { GRID_KEYS, TOPICS } from "./help-texts.ts";
import type { Topic } from "./help-texts.ts";

function Keys(): ReactNode {
  const mac = isMac(navigator.platform);
  const named = commands().filter((command) => command.keys.length > 0);
  return (
    <Panel title="Keys" subtitle="single letters can be switched off in Settings">
      <table className="plain">
        <tbody>
          {named.map((command) => (
            <tr key={command.id}>
              <td>{command.label.replace("…", "")}</td>
              <td className="right">
                {command.keys.map((key) => (
                  <Key key={key}>{keyLabel(key, mac)}</Key>
                ))}
              </td>
            </tr>
          ))}
          {GRID_KEYS.map(([key, what]) => (
            <tr key={key}>
              <td>{what}</td>
              <td className="right">
                <Key>{key}</Key>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Views(): ReactNode {
  return (
    <Panel title="Views">
      <table className="plain">
        <tbody>
          {VIEW_NAMES.map((view) => (
            <tr key={view}>
              <td>
                <button type="button" className="button plain" onClick={() => go(view)}>
                  {VIEWS[view].title}
                  <Key>{VIEWS[view].key}</Key>
                </button>
              </td>
              <td>{VIEWS[view].shows}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Shapes(): ReactNode {
  const looks = [
    [STRATEGY_LOOKS.waiting, "as expected"],
    [STRATEGY_LOOKS.running, "under way"],
    [ORDER_LOOKS.pending_new, "requested, not confirmed"],
    [STRATEGY_LOOKS.late, "needs a look"],
    [LEVEL_LOOKS.critical, "needs action"],
    [STRATEGY_LOOKS.paused, "off, by choice"],
  ] as const;
  return (
    <Panel title="Shapes">
      <table className="plain">
        <tbody>
          {looks.map(([look, means]) => (
            <tr key={look.shape}>
              <td>
                <Status look={look} />
              </td>
              <td>{means}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Ticks(): ReactNode {
  return (
    <Panel title="Outcomes of a tick">
      <table className="plain">
        <tbody>
          {TICK_CLASSES.map((kind) => (
            <tr key={kind}>
              <td>
                <Status look={TICK_LOOKS[kind]} />
              </td>
              <td>{words(TICK_MEANINGS[kind])}.</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** A text whose parts between double asterisks are bold. */
function Inline({ text }: { readonly text: string }): ReactNode {
  return text.split("**").map((part, index) => (index % 2 === 1 ? <b key={index}>{part}</b> : part));
}

function TopicPanel({ topic }: { readonly topic: Topic }): ReactNode {
  const { title, subtitle, parts } = topic;
  return (
    <Panel title={title} {...(subtitle === undefined ? {} : { subtitle })}>
      <div className="prose">
        {parts.map(({ heading, blocks }) => (
          <section key={heading}>
            {heading === null ? null : <h3>{heading}</h3>}
            {blocks.map((block) =>
              typeof block === "string" ? (
                <p key={block}>
                  <Inline text={block} />
                </p>
              ) : (
                <ul key={block[0]}>
                  {block.map((line) => (
                    <li key={line}>
                      <Inline text={line} />
                    </li>
                  ))}
                </ul>
              ),
            )}
          </section>
        ))}
      </div>
    </Panel>
  );
}

export function Help(): ReactNode {
  return (
    <div className="sheet help">
      <div className="stack">
        {TOPICS.map((topic) => (
          <TopicPanel key={topic.title} topic={topic} />
        ))}
      </div>
      <div className="stack">
        <Views />
        <Keys />
        <Shapes />
        <Ticks />
        <Glossary />
      </div>
    </div>
  );
}
