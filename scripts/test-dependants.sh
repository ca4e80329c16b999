#!/usr/bin/env bash
# Builds and runs packages that depend on this one by path and by a tagged git URL. (Only the second would notice unsafe
# build flags.)
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/setup.sh

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# The package as a repository of its own, with what is not committed yet, tagged as a release.
mkdir "$folder/BatchUp"
git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents -t "$folder/BatchUp"
git -C "$folder/BatchUp" init -q
git -C "$folder/BatchUp" add -A
git -C "$folder/BatchUp" -c user.name=test -c user.email=test@localhost commit -q -m "Release"
git -C "$folder/BatchUp" tag 1.0.0

make_dependant() {
  mkdir -p "$folder/$1/Sources/Dependant"
  cat >"$folder/$1/Package.swift" <<EOF
// swift-tools-version: 6.1
import PackageDescription
let package = Package(
  name: "Dependant",
  platforms: [.macOS(.v15)],
  dependencies: [$2],
  targets: [
    .executableTarget(
      name: "Dependant", dependencies: [
        .product(name: "BatchUp", package: "BatchUp"), .product(name: "BatchUpFiles", package: "BatchUp"),
      ])
  ])
EOF
  cat >"$folder/$1/Sources/Dependant/main.swift" <<'EOF'
import BatchUp
import BatchUpFiles

let images = NDArray<Float>((0..<20).map(Float.init), shape: [10, 2])
let labels = NDArray<Int32>((0..<10).map { Int32($0) })
let source = try ArraySource(images, labels)
var sum = 0
for (x, y) in source.batches(of: 4, shuffle: .seed(1)) {
  for i in 0..<y.count where x[i, 0] == Float(2 * y[i]) { sum += Int(y[i]) }
}
let mean = try source.batches(of: 4).mean { _, y in y.scalars.reduce(0.0) { $0 + Double($1) } }
do throws(IDXError) { _ = try NDArray<UInt8>(idxFile: "/nonexistent") } catch { print(error) }
print(sum, mean)
EOF
}

check() {
  local output
  output="$(swift run --package-path "$folder/$1" -c "$2" Dependant)"
  [[ "$output" == *"45 4.5" ]] || { echo "The dependant by $1 printed: $output" >&2; exit 1; }
  # Only those who ask for images need the libraries that decode them.
  if command -v ldd >/dev/null; then
    local binary="$(swift build --package-path "$folder/$1" -c "$2" --show-bin-path)/Dependant"
    ! ldd "$binary" | grep -E 'libjpeg|libpng' || { echo "The dependant by $1 needs libraries for images." >&2; exit 1; }
  fi
  echo "A package that depends on this one by $1 builds and runs ($2)."
}

make_dependant path '.package(path: "../BatchUp")'
check path debug
make_dependant url ".package(url: \"file://$folder/BatchUp\", from: \"1.0.0\")"
check url release
