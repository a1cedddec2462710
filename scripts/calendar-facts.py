#!/usr/bin/env python3
"""Writes the tables of the built-in market calendars, and the facts that they are tested against.

Nothing needs this script to run or to be tested. Run it in a virtual environment outside the project:

    python3 -m venv /tmp/calendars && /tmp/calendars/bin/pip install exchange_calendars
    /tmp/calendars/bin/python scripts/calendar-facts.py

1. Both files come from PyPI's `exchange_calendars`, asked for 2000-01-01 to 2028-12-31. The table holds local hours and the days
   that differ from them; the facts hold every day's moments in UTC, so that a mistake in either is noticed by the other.
2. The package's own range limits what is known: holidays that are declared later, such as days of mourning, are in it once a
   newer release knows them.
"""

import warnings
from importlib.metadata import version
from pathlib import Path

import exchange_calendars
import pandas

warnings.filterwarnings("ignore")
FIRST, LAST = "2000-01-01", "2028-12-31"
ROOT = Path(__file__).resolve().parent.parent
CALENDARS = [
    ("us-equity", "XNYS"),
    ("us-futures", "CMES"),
    ("london", "XLON"),
    ("xetra", "XETR"),
    ("tokyo", "XTKS"),
    ("hong-kong", "XHKG"),
    ("fx", "24/5"),
    ("crypto", "24/7"),
]
WIDTH = 116


def schedule_of(code):
    calendar = exchange_calendars.get_calendar(code, start=FIRST, end=LAST)
    return calendar.tz, calendar.schedule


def spans_of(row):
    """A day's spans as pairs of moments."""
    if pandas.isna(row.break_start):
        return [(row.open, row.close)]
    return [(row.open, row.break_start), (row.break_end, row.close)]


def local(at, day, zone):
    """Minutes since the local midnight that begins the day."""
    clock = at.tz_convert(zone).tz_localize(None)
    return round((clock - day).total_seconds() / 60)


def clock_text(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def hours_text(row, day, zone):
    """Local hours; an opening on the day before is written with its hour there, and the table says so."""
    pairs = [(local(opens, day, zone) % 1440, local(closes, day, zone)) for opens, closes in spans_of(row)]
    return " ".join(f"{clock_text(opens)}-{clock_text(closes)}" for opens, closes in pairs)


def wrapped(days):
    """Lines of a year each, wrapped: `2000 0103 0117`."""
    years = {}
    for day in days:
        years.setdefault(day.year, []).append(f"{day:%m%d}")
    lines = []
    for year, words in sorted(years.items()):
        line = str(year)
        for word in words:
            if len(line) + 5 > WIDTH:
                lines.append(line)
                line = str(year)
            line += f" {word}"
        lines.append(line)
    return lines


def table_of(name, zone, schedule):
    hours = {day: hours_text(row, day, zone) for day, row in schedule.iterrows()}
    before = any(local(row.open, day, zone) < 0 for day, row in schedule.iterrows())
    weekend = any(day.weekday() >= 5 for day in hours)
    if weekend:
        return [f'  "{name}": {{ zone: "{zone}", days: 7, dayBefore: false, hours: {{ {FIRST_KEY}: "00:00-24:00" }}, closed: "", special: {{}} }},']
    common = {text for text in hours.values() if list(hours.values()).count(text) > 300}
    regimes, current = {}, None
    for day, text in hours.items():
        if text in common and text != current:
            regimes[day] = current = text
    first = next(iter(regimes))
    regimes = {pandas.Timestamp(FIRST) if day == first else day: text for day, text in regimes.items()}
    special = {}
    for day, text in hours.items():
        usual = [usual for since, usual in regimes.items() if since <= day][-1]
        if text != usual:
            special.setdefault(text, []).append(day)
    closed = [day for day in pandas.bdate_range(FIRST, LAST) if day not in hours]
    lines = [f'  "{name}": {{', f'    zone: "{zone}",', "    days: 5,", f"    dayBefore: {'true' if before else 'false'},"]
    usual = ", ".join(f'"{day:%Y-%m-%d}": "{text}"' for day, text in regimes.items())
    lines.append(f"    hours: {{ {usual} }},")
    lines += template("    closed: ", wrapped(closed), ",")
    if special:
        lines.append("    special: {")
        for text, days in special.items():
            lines += template(f'      "{text}": ', wrapped(days), ",")
        lines.append("    },")
    else:
        lines.append("    special: {},")
    lines.append("  },")
    return lines


FIRST_KEY = f'"{FIRST}"'


def template(before, lines, after):
    if not lines:
        return [f'{before}""{after}']
    return [f"{before}`", *lines, f"`{after}"]


def facts_of(name, code, schedule):
    """Runs of equal days, a year a line; a letter stands for moments in minutes since the day's midnight in UTC, `.` for closed."""
    seven = any(day.weekday() >= 5 for day in schedule.index)
    letters, days = {}, {}
    for day, row in schedule.iterrows():
        midnight = day.tz_localize("UTC")
        moments = [round((at - midnight).total_seconds() / 60) for span in spans_of(row) for at in span]
        key = " ".join(map(str, moments))
        days[day] = letters.setdefault(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[len(letters)])
    lines = [f"calendar {name} {code} {7 if seven else 5}"]
    lines += [f"hours {letter} {key}" for key, letter in letters.items()]
    for year in range(int(FIRST[:4]), int(LAST[:4]) + 1):
        runs = []
        every = pandas.date_range(f"{year}-01-01", f"{year}-12-31", freq="D" if seven else "B")
        for letter in (days.get(day, ".") for day in every):
            if runs and runs[-1][0] == letter:
                runs[-1][1] += 1
            else:
                runs.append([letter, 1])
        lines.append(f"{year} " + "".join(f"{letter}{count if count > 1 else ''}" for letter, count in runs))
    return lines


def main():
    source = f"exchange_calendars {version('exchange_calendars')}"
    table = [
        "/**",
        " * Hours and exceptions of the built-in market calendars, made by scripts/calendar-facts.py.",
        " *",
        f" * 1. It holds {FIRST} to {LAST} as {source} knows them, and test/live/calendar/built-in.test.ts compares every day.",
        " * 2. Local hours hold from their date on; `closed` and `special` hold the weekdays that differ, a year a line, as month and day.",
        " */",
        'import type { CalendarTable } from "./day-hours.ts";',
        'import type { CalendarName } from "../../shared/desk.ts";',
        "",
        f'export const TABLE_FIRST = "{FIRST}";',
        f'export const TABLE_LAST = "{LAST}";',
        "",
        "export const CALENDAR_TABLES: Readonly<Record<CalendarName, CalendarTable>> = {",
    ]
    facts = [f"# {FIRST} to {LAST}, from {source}, written by scripts/calendar-facts.py"]
    for name, code in CALENDARS:
        zone, schedule = schedule_of(code)
        table += table_of(name, zone, schedule)
        facts += facts_of(name, code, schedule)
    table.append("};")
    (ROOT / "src/live/calendar/tables.ts").write_text("\n".join(table) + "\n")
    (ROOT / "test/live/calendar/facts.txt").write_text("\n".join(facts) + "\n")


main()
