#!/usr/bin/python3
"""Turns the facts of data/catalogue.json that only people read into rows of C++ initialisers: what
find/catalogue_details.cpp includes."""
import json
import sys


def text(value):
    return json.dumps(value or "", ensure_ascii=True)


def row(server):
    words = [server["host"].lower(), server["usage"], server["usage_basis"], server["kind"],
             server["timescale"], server["status"], server["notes"], "; ".join(server["source"])]
    return "{%s}," % ", ".join(text(word) for word in words)


def main(source, target):
    with open(source, encoding="utf-8") as file:
        catalogue = json.load(file)
    servers = sorted(catalogue["servers"], key=lambda server: server["host"].lower())
    with open(target, "w", encoding="ascii") as file:
        file.write("\n".join(row(server) for server in servers) + "\n")


main(*sys.argv[1:3])
