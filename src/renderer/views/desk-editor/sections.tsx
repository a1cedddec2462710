/** The sections of the form that are made of single values: which fields each has, and what their titles are. */
import type { ReactNode } from "react";
import type { DeskComplaint, DeskField } from "../../../shared/contract/contract-desks.ts";
import { useDeskEditor, type SectionName } from "../../stores/desk-editor.ts";
import { Field, useDocument } from "./fields.tsx";
import { MapField } from "./maps.tsx";
import { writtenAt } from "./yaml-edit.ts";

export const SECTION_TITLES: Readonly<Record<SectionName, string>> = {
  general: "General",
  market: "Market",
  instruments: "Instruments",
  account: "Account and fills",
  limits: "Limits",
  strategies: "Strategies",
  clock: "Clock and schedule",
};

/** Which section shows a key of the file, by the beginnings of its place. */
const SECTION_KEYS: readonly (readonly [RegExp, SectionName])[] = [
  [/^strategies\b/, "strategies"],
  [/^feed\b/, "market"],
  [/^(?:instruments|fx)\b/, "instruments"],
  [/^broker\b/, "account"],
  [/^(?:limits\b|rate_limit_per_sec|max_inflight|pace|queueFor)/, "limits"],
  [/^(?:clock|runtime|slo)\b|^orchestrator_/, "clock"],
];

export const sectionOf = (path: string): SectionName =>
  SECTION_KEYS.find(([pattern]) => pattern.test(path))?.[1] ?? "general";

export const complaintsIn = (complaints: readonly DeskComplaint[], section: SectionName): readonly DeskComplaint[] =>
  complaints.filter(({ path }) => path !== "" && sectionOf(path) === section);

/** The kind that a section has where none is written; a feed always says its kind. */
const DEFAULT_KINDS: Readonly<Record<string, string>> = { clock: "virtual", broker: "paper" };

/** The settings of a section that have a meaning with the desk's feed, clock and broker, or are written all the same. */
export function useSettings(section: SectionName): readonly DeskField[] {
  const form = useDeskEditor((state) => state.form);
  const document = useDocument();
  return (form?.settings ?? []).filter(({ at, only }) => {
    if (sectionOf(at) !== section) return false;
    if (only === null || writtenAt(document, at.split(".")) !== null) return true;
    const kind = writtenAt(document, [only.section, "kind"]) ?? DEFAULT_KINDS[only.section];
    return kind === only.kind;
  });
}

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="desk-group" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

export function Fields({ fields }: { readonly fields: readonly DeskField[] }): ReactNode {
  return fields.map((field) => <Field key={field.at} field={field} />);
}

export function General(): ReactNode {
  return <Fields fields={useSettings("general")} />;
}

export function Account(): ReactNode {
  const fields = useSettings("account").filter(({ at }) => at !== "broker.kind");
  const of = (...names: readonly string[]) => fields.filter(({ at }) => names.includes(at.slice("broker.".length)));
  return (
    <>
      <Group title="Account">
        <Fields fields={of("currency", "cash", "account", "leverage")} />
      </Group>
      <Group title="Fills">
        <Fields fields={of("fillModel", "limitTouch", "slippage_bps", "fee_bps", "latency", "partialFillShare")} />
      </Group>
      <Group title="Injected faults">
        <Fields fields={fields.filter(({ at }) => at.startsWith("broker.faults."))} />
      </Group>
    </>
  );
}

/** `known`: the desk's symbols. */
export function Limits({ known }: { readonly known: readonly string[] }): ReactNode {
  const fields = useSettings("limits");
  const of = (pattern: RegExp) => fields.filter(({ at }) => pattern.test(at));
  return (
    <>
      <Group title="Orders">
        <Fields fields={of(/^limits\.(?:max_|per_trade|capacity)|^(?:rate_|max_|pace|queue)/)} />
        <MapField
          title="Max position by symbol"
          means="Units of one symbol, in place of the limit of all."
          path={["limits", "max_position_by_symbol"]}
          what="Symbol"
          hint="100"
          words={known}
        />
      </Group>
      <Group title="Exposure">
        <Fields fields={of(/^limits\.(?:portfolio_gross|per_asset|turnover)/)} />
        <MapField
          title="Caps by asset class"
          means="Exposure of one class, a multiple of equity."
          path={["limits", "asset_class_caps"]}
          what="Class"
          hint="0.5"
          words={["equity", "etf", "future", "fx", "crypto"]}
        />
      </Group>
      <Group title="Losses and breakers">
        <Fields fields={of(/^limits\.(?:portfolio_drawdown|cooldown|daily|strategy_daily|session|reject|data)/)} />
      </Group>
    </>
  );
}

export function Clock(): ReactNode {
  const fields = useSettings("clock");
  const of = (start: string) => fields.filter(({ at }) => at.startsWith(start));
  return (
    <>
      <Group title="Clock">
        <Fields fields={of("clock.")} />
      </Group>
      <Group title="Runs and records">
        <Fields fields={of("orchestrator_")} />
      </Group>
      <Group title="Simulated run times">
        <Fields fields={of("runtime.")} />
      </Group>
      <Group title="Objectives of the tiles">
        <Fields fields={of("slo.")} />
      </Group>
    </>
  );
}
