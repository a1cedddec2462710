/** The few marks that a session's summary uses, as blocks: headings, lists, tables, code, text. Never as HTML. */

export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Takes the marks of emphasis and code off a line. */
function plainText(text: string): string {
  return text
    .replace(/\*\*([^*]+)\*\*/g, "$1")
    .replace(/`([^`]+)`/g, "$1")
    .replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, "$1")
    .trim();
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => plainText(cell.replaceAll("\\|", "|")));
}

const RULE = /^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$/;
const LIST = /^\s*[-*]\s+/;

function take(lines: readonly string[], from: number, holds: (line: string) => boolean): readonly string[] {
  let to = from;
  while (to < lines.length && holds(lines[to] ?? "")) to += 1;
  return lines.slice(from, to);
}

/** The block that starts at a line, and how many lines it takes. */
function blockAt(lines: readonly string[], from: number): readonly [Block | null, number] {
  const line = lines[from] ?? "";
  if (line.trim() === "") return [null, 1];
  if (line.startsWith("```")) {
    const code = take(lines, from + 1, (next) => !next.startsWith("```"));
    return [{ kind: "code", text: code.join("\n") }, code.length + 2];
  }
  if (/^#{1,6}\s/.test(line)) return [{ kind: "heading", text: plainText(line.replace(/^#+/, "")) }, 1];
  if (line.trim().startsWith("|") && RULE.test(lines[from + 1] ?? "")) {
    const rows = take(lines, from + 2, (next) => next.trim().startsWith("|"));
    return [{ kind: "table", head: cells(line), rows: rows.map(cells) }, rows.length + 2];
  }
  if (LIST.test(line)) {
    const items = take(lines, from, (next) => LIST.test(next));
    return [{ kind: "list", items: items.map((item) => plainText(item.replace(LIST, ""))) }, items.length];
  }
  const rest = take(lines, from + 1, (next) => next.trim() !== "" && !/^(#{1,6}\s|```|\s*\||\s*[-*]\s)/.test(next));
  return [{ kind: "text", text: plainText([line, ...rest].join(" ")) }, rest.length + 1];
}

export function parseMarkdown(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length;) {
    const [block, taken] = blockAt(lines, index);
    if (block !== null) blocks.push(block);
    index += taken;
  }
  return blocks;
}
