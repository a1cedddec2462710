/**
 * The zone that a header says beside the name of its times, as `Time (EET)`. A table: a name that is missing is added here.
 *
 * 1. A word that could mean a fixed offset or a place's clocks, as EST, says nothing: the user is asked.
 */

/** Names of zones that headers have beside their times: `Time (EET)`. */
const HEADER_ZONES: Readonly<Record<string, string>> = {
  utc: "UTC",
  gmt: "UTC",
  et: "America/New_York",
  eastern: "America/New_York",
  "us/eastern": "America/New_York",
  "new york": "America/New_York",
  ct: "America/Chicago",
  central: "America/Chicago",
  "us/central": "America/Chicago",
  chicago: "America/Chicago",
  pt: "America/Los_Angeles",
  london: "Europe/London",
  cet: "Europe/Berlin",
  eet: "Europe/Athens",
  msk: "Europe/Moscow",
  ist: "Asia/Kolkata",
  hkt: "Asia/Hong_Kong",
  jst: "Asia/Tokyo",
  sgt: "Asia/Singapore",
  aest: "Australia/Sydney",
};
const ZONED =
  /^(?<name>[\p{L} _]*(?:time|date|timestamp|dt)[\p{L} _]*?)\s*[([]\s*(?<zone>[A-Za-z]+(?:[/ ][A-Za-z_]+){0,2})\s*[)\]]$/iu;

/** The zone that the name of a time's column says, and the names without it. */
export function withoutZone(cells: readonly string[]): {
  readonly cells: readonly string[];
  readonly zone: string | null;
} {
  let zone: string | null = null;
  const bare = cells.map((cell) => {
    const found = ZONED.exec(cell.trim())?.groups;
    const said = found?.["zone"] ?? "";
    const known =
      said.includes("/") && !Object.hasOwn(HEADER_ZONES, said.toLowerCase()) ? said : HEADER_ZONES[said.toLowerCase()];
    if (found === undefined || known === undefined) return cell;
    zone ??= known;
    return found["name"] ?? cell;
  });
  return { cells: bare, zone };
}
