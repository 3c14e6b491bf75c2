#!/usr/bin/python3
"""Writes the template for Zabbix 6.0 and later from one list of items, to stdout.

One item fetches the agent's /metrics; all others depend on it and take one sample of it each, those of the
servers by discovery."""
import hashlib
import json
from dataclasses import dataclass

TEMPLATE = "Clockwright by HTTP"
MASTER = "clockwright.metrics"
LABELS = ("server", "address")  # what makes a server's series


@dataclass(frozen=True)
class Item:
    metric: str            # after "clockwright_"
    name: str
    units: str = ""        # Zabbix' own; "!" keeps it from being scaled
    whole: bool = False
    label: str = ""        # its text is the value; else the sample's number
    trigger: tuple = ()    # (expression of {item}, severity, name)


HOST_ITEMS = (
    Item("demonstrated", "Demonstrated", whole=True, trigger=(
        "max({item},10m)=0", "WARNING", "Nothing shows that this clock is right")),
    Item("bound_seconds", "Bound", "s", trigger=(
        "min({item},5m)>{$CLOCKWRIGHT.BOUND.MAX}", "HIGH", "UTC is only known within a large bound")),
    Item("offset_seconds", "Offset", "s", trigger=(
        "min({item},5m)>{$CLOCKWRIGHT.OFFSET.MAX} or max({item},5m)<-{$CLOCKWRIGHT.OFFSET.MAX}",
        "HIGH", "This clock is off")),
    Item("condition_info", "Condition of the bound", label="condition"),
    Item("frequency_ppm", "Rate", "!ppm"),
    Item("root_delay_seconds", "Root delay", "s"),
    Item("root_dispersion_seconds", "Root dispersion", "s"),
    Item("stratum", "Stratum", whole=True),
    Item("daemon_up", "Time daemon answers", whole=True, trigger=(
        "max({item},5m)=0", "HIGH", "The time daemon does not answer")),
    Item("synchronised", "Time daemon is synchronised", whole=True),
    Item("sources", "Sources", whole=True),
    Item("sources_answering", "Sources that answer", whole=True),
    Item("sources_agreeing", "Sources that agree", whole=True),
    Item("consensus_judged", "Servers that were judged", whole=True),
    Item("consensus_majority", "The watched servers agree", whole=True, trigger=(
        "max({item},10m)=0 and min({judged},10m)>1", "HIGH", "The watched servers disagree: nobody can tell who is right")),
    Item("consensus_offset_seconds", "Offset by the watched servers", "s"),
    Item("agent_last_cycle_timestamp_seconds", "Last cycle of the agent", "unixtime", trigger=(
        "now()-last({item})>3*{$CLOCKWRIGHT.CYCLE}", "AVERAGE", "The agent is silent")),
    Item("agent_record_up", "The record is written", whole=True, trigger=(
        "max({item},15m)=0", "WARNING", "What the agent sees is not recorded")),
    Item("agent_plan_proposed", "A plan waits for a person", whole=True),
)

SERVER_ITEMS = (
    Item("server_up", "answers", whole=True),
    Item("server_truechimer", "agrees with the majority", whole=True, trigger=(
        "max({item},10m)=0", "WARNING", "{#SERVER} does not tell the time the others agree on")),
    Item("server_offset_seconds", "offset", "s"),
    Item("server_delay_seconds", "delay", "s"),
    Item("server_jitter_seconds", "jitter", "s"),
    Item("server_stratum", "stratum", whole=True),
    Item("server_reach_ratio", "share of the last eight polls answered", trigger=(
        "max({item},15m)<0.5", "WARNING", "{#SERVER} answers less than half of the polls")),
    Item("server_polls_total", "polls", whole=True),
    Item("server_lost_polls_total", "lost polls", whole=True),
)


def uuid(what):
    """The same each time, in the form of version 4, which an import asks for."""
    digits = list(hashlib.sha256(f"clockwright {what}".encode()).hexdigest()[:32])
    digits[12] = "4"
    digits[16] = "89ab"[int(digits[16], 16) % 4]
    return "".join(digits)


def trigger(item, key):
    expression, severity, text = item.trigger
    return {"uuid": uuid("trigger " + key), "name": text,
            "expression": expression.replace("{item}", f"/{TEMPLATE}/{key}")
                                    .replace("{judged}", f"/{TEMPLATE}/clockwright.consensus_judged"),
            "priority": severity}


def dependent(item, key, name, pattern, triggers):
    mode = ["label", item.label] if item.label else ["value", ""]
    value_type = "CHAR" if item.label else "UNSIGNED" if item.whole else "FLOAT"
    made = {"uuid": uuid("item " + key), "name": name, "type": "DEPENDENT", "key": key,
            "value_type": value_type, "units": item.units,
            "preprocessing": [{"type": "PROMETHEUS_PATTERN", "parameters": [pattern, *mode],
                               "error_handler": "DISCARD_VALUE"}],
            "master_item": {"key": MASTER}}
    if item.label:
        made["trends"] = "0"
    if item.trigger:
        made[triggers] = [trigger(item, key)]
    return made


def host_item(item):
    return dependent(item, f"clockwright.{item.metric}", item.name, f"clockwright_{item.metric}",
                     "triggers")


def server_item(item):
    macros = ",".join(f"{{#{label.upper()}}}" for label in LABELS)
    labels = ",".join(f'{label}="{{#{label.upper()}}}"' for label in LABELS)
    return dependent(item, f"clockwright.{item.metric}[{macros}]", f"{{#SERVER}}: {item.name}",
                     f"clockwright_{item.metric}{{{labels}}}", "trigger_prototypes")


def master():
    return {"uuid": uuid("item " + MASTER), "name": "Metrics", "type": "HTTP_AGENT", "key": MASTER,
            "delay": "1m", "history": "0", "trends": "0", "value_type": "TEXT",
            "url": "{$CLOCKWRIGHT.URL}/metrics",
            "headers": [{"name": "Authorization", "value": "Bearer {$CLOCKWRIGHT.TOKEN}"}],
            "description": "All that the agent tells; it is taken apart and not kept."}


def discovery():
    return {"uuid": uuid("servers"), "name": "Servers", "type": "DEPENDENT",
            "key": "clockwright.servers", "lifetime": "7d",
            "item_prototypes": [server_item(item) for item in SERVER_ITEMS],
            "master_item": {"key": MASTER},
            "lld_macro_paths": [{"lld_macro": f"{{#{label.upper()}}}", "path": f"$.labels.{label}"}
                                for label in LABELS],
            "preprocessing": [{"type": "PROMETHEUS_TO_JSON",
                               "parameters": ["clockwright_server_polls_total"]}]}


def template():
    macros = (("URL", "http://127.0.0.1:8123", "Where the agent listens (agent.listen)."),
              ("TOKEN", "", "Of the agent's HTTP, for other addresses than loopback."),
              ("BOUND.MAX", "0.1", "Seconds."), ("OFFSET.MAX", "0.05", "Seconds."),
              ("CYCLE", "64", "Seconds between two looks of the agent: 1800 in mode lazy."))
    return {"uuid": uuid("template"), "template": TEMPLATE, "name": TEMPLATE,
            "description": "Clockwright's agent by its /metrics (docs/sinks.md).",
            "groups": [{"name": "Templates/Applications"}],
            "items": [master()] + [host_item(item) for item in HOST_ITEMS],
            "discovery_rules": [discovery()],
            "macros": [{"macro": f"{{$CLOCKWRIGHT.{name}}}", "value": value, "description": text}
                       for name, value, text in macros]}


def main():
    group = {"uuid": "a571c0d144b14fd4a87a9d9b2aa9fcd6", "name": "Templates/Applications"}
    print(json.dumps({"zabbix_export": {"version": "6.0", "date": "2026-11-28T00:00:00Z",
                                        "groups": [group], "templates": [template()]}}, indent=2))


if __name__ == "__main__":
    main()
