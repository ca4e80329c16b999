#!/usr/bin/env bash
# Makes the pages of the manual as the README says, and looks whether every command has one that `man` shows.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

pages=.build/plugins/GenerateManual/outputs/BatchUpCLI
rm -rf "$pages"
swift package plugin generate-manual --multi-page --configuration debug
commands=$("$(swift build --show-bin-path)/batchup" --experimental-dump-help | python3 -c '
import json, sys

def names(command, above=()):
    path = (*above, command["commandName"])
    yield ".".join(path)
    for subcommand in command.get("subcommands", []):
        yield from names(subcommand, path)

print(*names(json.load(sys.stdin)["command"]))')

for command in $commands; do
  page=$pages/$command.1
  [ -s "$page" ] || { echo "There is no page for $command" >&2; exit 1; }
  case $command in *help) continue ;; esac
  grep -q EXAMPLES: "$page" || { echo "$page has no examples" >&2; exit 1; }
  if command -v man >/dev/null; then
    # The generator leaves empty lines between paragraphs, which is a matter of style.
    complaints=$(LC_ALL=C.UTF-8 man --warnings -l "$page" 2>&1 >/dev/null | grep -v 'Empty input line' || true)
    [ -z "$complaints" ] || { echo "$page: $complaints" >&2; exit 1; }
  fi
done
echo "pages: $(wc -w <<<"$commands")"
