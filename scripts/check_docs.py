"""Checks that every public symbol of the libraries has documentation, and that their pages list every type.

Run by scripts/docs.sh, once it has made the symbol graphs. Arguments: the names of the libraries.
"""

import json
import pathlib
import re
import sys

package = pathlib.Path(__file__).resolve().parent.parent


def graphs(library):
    """The library's own symbols, and those that it adds to others."""
    own = list((package / ".build-docs").glob(f"*/extracted-symbols/*/{library}/{library}.symbols.json"))
    if not own:
        sys.exit(f"There is no symbol graph of {library}: run scripts/docs.sh")
    paths = [own[0], *own[0].parent.glob(f"{library}@*.symbols.json")]
    return [json.loads(path.read_text()) for path in paths]


def place(symbol):
    location = symbol.get("location")
    if location is None:
        return "?"
    path = pathlib.Path(location["uri"].removeprefix("file://"))
    return f"{path.relative_to(package)}:{location['position']['line'] + 1}"


def undocumented(graph):
    """Symbols whose comment does not begin with a sentence, but for those that fulfil a protocol, which has its own."""
    answers = {
        relationship["source"]
        for relationship in graph["relationships"]
        if relationship["kind"] == "defaultImplementationOf" or "sourceOrigin" in relationship
    }
    for symbol in graph["symbols"]:
        identifier = symbol["identifier"]["precise"]
        is_synthesized = "::SYNTHESIZED::" in identifier
        if symbol["kind"]["identifier"] == "swift.extension" or is_synthesized or identifier in answers:
            continue
        lines = [line["text"].strip() for line in symbol.get("docComment", {}).get("lines", [])]
        first = next((line for line in lines if line), "- ")
        if first.startswith("- "):
            yield symbol


def uncurated(graph, library):
    """Symbols of the module's top level that its page does not list."""
    page = (package / "Sources" / library / f"{library}.docc" / f"{library}.md").read_text()
    # Without what tells functions of the same name apart.
    listed = {link.partition("-")[0] for link in re.findall(r"^- ``([^`]+)``$", page, re.MULTILINE)}
    for symbol in graph["symbols"]:
        names = symbol["pathComponents"]
        if symbol["kind"]["identifier"] != "swift.extension" and len(names) == 1 and names[0] not in listed:
            yield symbol


failures = []
count = 0
for library in sys.argv[1:]:
    own, *others = graphs(library)
    for graph in [own, *others]:
        count += len(graph["symbols"])
        for symbol in undocumented(graph):
            failures.append(f"{place(symbol)}: {'.'.join(symbol['pathComponents'])} has no documentation")
    for symbol in uncurated(own, library):
        failures.append(f"{place(symbol)}: {symbol['pathComponents'][0]} is not on the page {library}.md")

if failures:
    sys.exit("\n".join(sorted(set(failures))))
print(f"All of the {count} public symbols of {', '.join(sys.argv[1:])} that need documentation have it.")
