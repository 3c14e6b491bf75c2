#!/usr/bin/python3
"""Writes Grafana's dashboards from one list of panels: make_dashboards.py DIRECTORY.

Each panel is stated once, with its query for Prometheus (PromQL) and, where the points are pushed, for
InfluxDB (InfluxQL)."""
import json
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Panel:
    title: str
    kind: str          # timeseries | stat | gauge | histogram | table
    unit: str          # Grafana's id of the unit
    prometheus: str    # $host and $server are the dashboard's variables
    influx: str = ""   # empty: the points do not tell it
    legend: str = "{{server}} {{address}}"
    thresholds: tuple = ()  # (from, colour), ascending
    width: int = 12


OFFSET_LIMITS = ((0, "green"), (0.010, "orange"), (0.050, "red"))
DELAY_LIMITS = ((0, "green"), (0.100, "orange"), (0.200, "red"))
JITTER_LIMITS = ((0, "green"), (0.005, "orange"), (0.010, "red"))
GOOD_WHEN_ONE = ((0, "red"), (1, "green"))

HOST = 'instance=~"$host"'
SERVER = HOST + ', server=~"$server"'
INFLUX_HOST = "\"host\" =~ /^$host$/ AND $timeFilter"
INFLUX_SERVER = "\"server\" =~ /^$server$/ AND " + INFLUX_HOST


def of_servers(expression):
    return (f'SELECT {expression} FROM "clockwright_server" WHERE {INFLUX_SERVER} '
            'GROUP BY time($__interval), "server", "address" fill(none)')


def of_clock(expression):
    return (f'SELECT {expression} FROM "clockwright_clock" WHERE {INFLUX_HOST} '
            'GROUP BY time($__interval), "host" fill(none)')


PANELS = (
    Panel("Demonstrated", "stat", "bool", f"clockwright_demonstrated{{{HOST}}}", "", "{{instance}}",
          GOOD_WHEN_ONE, 4),
    Panel("Offset, without its sign", "gauge", "s", f"abs(clockwright_offset_seconds{{{HOST}}})",
          of_clock('abs(last("offset_seconds"))'), "{{instance}}", OFFSET_LIMITS, 5),
    Panel("Bound", "gauge", "s", f"clockwright_bound_seconds{{{HOST}}}",
          of_clock('last("bound_seconds")'), "{{instance}}", OFFSET_LIMITS, 5),
    Panel("Delay", "gauge", "s", f"max(clockwright_server_delay_seconds{{{SERVER}}})",
          f'SELECT max("delay_seconds") FROM "clockwright_server" WHERE {INFLUX_SERVER}', "longest",
          DELAY_LIMITS, 5),
    Panel("Jitter", "gauge", "s", f"max(clockwright_server_jitter_seconds{{{SERVER}}})",
          f'SELECT stddev("offset_seconds") FROM "clockwright_server" WHERE {INFLUX_SERVER}',
          "largest", JITTER_LIMITS, 5),
    Panel("Offset of this clock", "timeseries", "s", f"clockwright_offset_seconds{{{HOST}}}",
          of_clock('mean("offset_seconds")'), "{{instance}}"),
    Panel("Rate of this clock", "timeseries", "ppm", f"clockwright_frequency_ppm{{{HOST}}}",
          of_clock('mean("frequency_ppm")'), "{{instance}}"),
    Panel("Offset of each server", "timeseries", "s", f"clockwright_server_offset_seconds{{{SERVER}}}",
          of_servers('mean("offset_seconds")')),
    Panel("Error of each server against the others", "timeseries", "s",
          f"clockwright_server_error_seconds{{{SERVER}}}", of_servers('mean("error_seconds")')),
    Panel("Delay of each server", "timeseries", "s", f"clockwright_server_delay_seconds{{{SERVER}}}",
          of_servers('mean("delay_seconds")')),
    Panel("Stability of each server", "timeseries", "s",
          f"clockwright_server_jitter_seconds{{{SERVER}}}", of_servers('stddev("offset_seconds")')),
    Panel("Offset: median, 95th and 99th percentile", "timeseries", "s",
          " or ".join(f'label_replace(quantile_over_time({q}, clockwright_server_offset_seconds{{{SERVER}}}'
                      f'[1h]), "part", "{name}", "", "")'
                      for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))),
          of_servers(", ".join(f'percentile("offset_seconds", {part}) AS "p{part}"'
                               for part in (50, 95, 99))), "{{server}} {{part}}"),
    Panel("Distribution of offsets", "histogram", "s", f"clockwright_server_offset_seconds{{{SERVER}}}",
          f'SELECT "offset_seconds" FROM "clockwright_server" WHERE {INFLUX_SERVER}'),
    Panel("Answered polls", "timeseries", "percentunit", f"clockwright_server_reach_ratio{{{SERVER}}}",
          f'SELECT count("offset_seconds") / count("lost") FROM "clockwright_server" '
          f'WHERE {INFLUX_SERVER} GROUP BY time($__interval), "server", "address" fill(none)'),
    Panel("Verdicts", "timeseries", "short", f"clockwright_servers{{{HOST}}} > 0", "", "{{verdict}}"),
)

GRID_WIDTH, ROW_HEIGHT = 24, 8


def drawn(panel, number, place, source):
    steps = [{"value": None if i == 0 else value, "color": colour}
             for i, (value, colour) in enumerate(panel.thresholds or ((0, "green"),))]
    if source == "prometheus":
        target = {"expr": panel.prometheus, "legendFormat": panel.legend, "refId": "A"}
    else:
        alias = "$tag_server $tag_address" if '"server"' in panel.influx else "$tag_host"
        if " AS " in panel.influx:
            alias += " $col"
        target = {"query": panel.influx, "rawQuery": True, "resultFormat": "time_series",
                  "alias": alias, "refId": "A"}
    return {"id": number, "title": panel.title, "type": panel.kind, "gridPos": place,
            "datasource": {"type": source, "uid": "${source}"},
            "fieldConfig": {"defaults": {"unit": panel.unit,
                                         "thresholds": {"mode": "absolute", "steps": steps}},
                            "overrides": []},
            "options": {}, "targets": [target]}


def variable(name, query, source):
    return {"name": name, "label": name, "type": "query", "query": query, "multi": True,
            "includeAll": True, "refresh": 2, "current": {"text": "All", "value": "$__all"},
            "datasource": {"type": source, "uid": "${source}"}}


def dashboard(source):
    panels, x, y = [], 0, 0
    for panel in PANELS:
        if source == "influxdb" and not panel.influx:
            continue
        if x + panel.width > GRID_WIDTH:
            x, y = 0, y + ROW_HEIGHT
        place = {"x": x, "y": y, "w": panel.width, "h": ROW_HEIGHT}
        panels.append(drawn(panel, len(panels) + 1, place, source))
        x += panel.width
    queries = ({"host": "label_values(clockwright_demonstrated, instance)",
                "server": "label_values(clockwright_server_up, server)"} if source == "prometheus" else
               {"host": 'SHOW TAG VALUES FROM "clockwright_clock" WITH KEY = "host"',
                "server": 'SHOW TAG VALUES FROM "clockwright_server" WITH KEY = "server"'})
    return {"title": f"Clockwright ({'Prometheus' if source == 'prometheus' else 'InfluxDB'})",
            "uid": f"clockwright-{source}", "tags": ["clockwright", "time"], "schemaVersion": 36,
            "version": 1, "editable": True, "timezone": "utc", "refresh": "1m",
            "time": {"from": "now-6h", "to": "now"},
            "templating": {"list": [
                {"name": "source", "label": "source", "type": "datasource", "query": source},
                *(variable(name, query, source) for name, query in queries.items())]},
            "panels": panels}


def main():
    for source in ("prometheus", "influxdb"):
        text = json.dumps(dashboard(source), indent=1) + "\n"
        (Path(sys.argv[1]) / f"clockwright-{source}.json").write_text(text)


if __name__ == "__main__":
    main()
