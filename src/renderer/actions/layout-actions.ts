/** Saving the layout under a name, as a question. */
import { saveLayout } from "../stores/layouts.ts";
import { notify, question } from "../stores/ui.ts";

export function askSaveLayout(): void {
  question({
    title: "Save the layout",
    text: "Columns, sort orders, panel sizes, filters and density are saved under this name. A layout of the same name is replaced.",
    verb: "Save",
    cancel: "Cancel",
    danger: false,
    note: "none",
    unsigned: true,
    value: { label: "Name", hint: "morning" },
    run: async ({ value }) => {
      if (!saveLayout(value))
        return {
          code: "invalid_input",
          message: "Write a name; at most 20 layouts can be saved. Delete one in Settings.",
        };
      notify(`Layout ${value.trim()} was saved.`);
      return null;
    },
  });
}
