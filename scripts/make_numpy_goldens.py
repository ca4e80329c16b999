"""Writes what NumPy draws and sums to the golden files of the tests: make_numpy_goldens.py [FOLDER]

FOLDER is Tests/Fixtures/numpy unless given. After the version of NumPy come traces, each a name in
brackets and lines of steps: what was called, the number of values and the values; of a long list only some, each with
its place. scripts/check-numpy.sh checks that the files are still the same.
"""
import pathlib
import sys

import numpy as np

SEEDS = {"0": 0, "1": 1, "42": 42, "12345": 12345, "2**32 - 1": 2**32 - 1, "[1, 2, 3]": [1, 2, 3], "[42]": [42],
         "[5] * 700": [5] * 700, "range(624)": list(range(624)), "range(100, 2100)": list(range(100, 2100))}


class GoldenFile:
    def __init__(self):
        self.traces = {}

    def trace(self, name):
        """A function that adds a step to a trace, for instance the next draw of a generator."""
        lines = self.traces[name] = []
        return lambda step, values, **options: lines.append(f"{step}|{listing(np.ravel(values), **options)}")

    def text(self):
        return "".join(f"[{name}]\n" + "".join(line + "\n" for line in lines) for name, lines in self.traces.items())


def listing(values, kept=16, places=None):
    """All values of a list of up to 130, and of a longer one `kept` or more with their places, the last one too."""
    values = (values.astype(int) if values.dtype == bool else values).tolist()
    if places is None and len(values) <= 130:
        return f"{len(values)}|{' '.join(map(str, values))}"
    if places is None:
        # An odd step comes to all lanes of vectors.
        places = [*range(0, len(values), len(values) // kept | 1), len(values) - 1]
    return f"{len(values)}|{' '.join(f'{place}={values[place]}' for place in dict.fromkeys(places))}"


def rounded(values):
    """Multiples of 2^-30, which are the same over any C library, while normal numbers are not."""
    scaled = np.atleast_1d(values) * 2**30
    assert np.all(np.abs(scaled - np.floor(scaled) - 0.5) > 1e-5)
    return np.rint(scaled).astype(int)


def word(r):
    return int(r.randint(0, 2**32, dtype=np.uint32))


def wide_word(r):
    return int(r.randint(0, 2**64, dtype=np.uint64))


def generator(file):
    for name, seed in SEEDS.items():
        r = np.random.RandomState(seed)
        add = file.trace(f"seed {name}")
        add("key", r.get_state()[1])
        small = [r.permutation(n) for n in range(131)]
        for n, permutation in enumerate(small if name == "0" else []):
            add(f"permutation({n})", permutation)
        add("permutations of 0 to 130", np.concatenate(small), kept=200)
        for n in 257, 1000, 65535, 65536, 65537, 100000:
            add(f"permutation({n})", r.permutation(n))
            add("word", word(r))
        add("random_sample(1001)", r.random_sample(1001))
        add("word", word(r))
        for k in 1, 2, 9, 31, 32, 33, 53, 63:
            for m in 2**k - 1, 2**k, 2**k + 2**k // 3:
                add(f"randint(0, {m} + 1, 200)", r.randint(0, m + 1, 200, dtype=np.uint64))
        values = np.arange(3001, dtype=np.uint64) * 2**33
        r.shuffle(values)
        add("shuffle", values)
        for n in 2, 11, 256, 257, 5000:
            weights = (np.arange(n) * 7919 % 1009).astype(float)
            add(f"choice({n}, 300)", r.choice(n, 300, p=weights / weights.sum()))
        add("word", word(r))
    r = np.random.RandomState(1)
    add = file.trace("a million")
    add("permutation", r.permutation(10**6), kept=200)
    add("word", word(r))


def small_integers(file):
    counts = 0, 1, 2, 3, 4, 5, 7, 100, 1001
    for bits, dtype, maxima in ((8, np.uint8, (0, 1, 2, 127, 128, 200, 255)),
                                (16, np.uint16, (0, 1, 255, 256, 33000, 65534, 65535))):
        for maximum in maxima:
            r = np.random.RandomState(3)
            add = file.trace(f"{bits} bits up to {maximum}")
            for n in counts:
                add(f"{n} integers", r.randint(0, maximum + 1, n, dtype=dtype))
            add("word", word(r))
    r = np.random.RandomState(3)
    add = file.trace("booleans")
    for n in 0, 1, 2, 31, 32, 33, 100, 1001:
        add(f"{n} booleans", r.randint(0, 2, n, dtype=bool))
    add("word", word(r))


def distributions(file):
    small_integers(file)
    for seed in 0, 1, 12345:
        r = np.random.RandomState(seed)
        add = file.trace(f"normal numbers of {seed}")
        for n in 1, 0, 2, 7, 312, 1, 1000:
            add(f"{n} numbers", rounded(r.standard_normal(n)))
        add("word", word(r))
        add("1 numbers", rounded(r.standard_normal()))
    for n in 0, 1, 2, 10, 59, 60, 61, 1000, 10**6, 2**53 + 1, 2**62:
        x = 30 / float(max(n, 60))  # BTPE begins where the mean is above 30.
        for place, p in enumerate((0, 1e-18, 0.001, 0.1, 0.25, 0.4, np.nextafter(x, 0), x, np.nextafter(x, 1), 0.5,
                                   np.nextafter(0.5, 1), 1 - x, 0.7, 0.9, 0.999, 1)):
            r = np.random.RandomState(4)
            add = file.trace(f"binomial numbers of {n}, probability {place}")
            add("50 numbers", r.binomial(n, p, 50))
            add("word", word(r))
    for n, p in (100, 0.4), (1000, 0.5), (10**5, 0.3), (10**9, 0.8), (2**53 + 1, 1e-13), (2**62, 1e-16):
        r = np.random.RandomState(5)
        add = file.trace(f"many binomial numbers of {n}")
        add("100000 numbers", r.binomial(n, p, 100000), kept=200)
        add("word", word(r))


def integers_of_types(file):
    for dtype in np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64:
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        for a, b in ((low, high), (low, low), (high, high), (0, 1), (3, 100), (low, low + (high - low) // 2 + 1),
                     (low + 1, high - 1), (0, min(high, 2**32 - 1)), (0, min(high, 2**32))):
            r = np.random.RandomState(9)
            add = file.trace(f"{a} to {b} in {np.iinfo(dtype).bits} {'bits' if low < 0 else 'unsigned bits'}")
            for n in 0, 1, 2, 17, 1000:
                add(f"{n} integers", r.randint(a, b + 1, n, dtype=dtype))
            add("wide word", wide_word(r))
            add("integer", r.randint(a, b + 1, dtype=dtype))
            add("wide word", wide_word(r))


def draws_of_state(file):
    for name, seed in list(SEEDS.items())[:8]:
        r = np.random.RandomState(seed)
        add = file.trace(f"seed {name}")

        def add_state():
            _, key, position, has_cached, cached = r.get_state()
            add("key", key)
            add("position, cached normal number", [position, has_cached, *rounded(cached)])

        def add_word():
            add("wide word", wide_word(r))

        add("random_sample((3, 5))", r.random_sample((3, 5)))
        add("random_sample()", r.random_sample())
        add("uniform(-1.5, 2.25, 101)", r.uniform(-1.5, 2.25, 101))
        add("uniform(3, -7)", r.uniform(3, -7))
        add("uniform(size=0)", r.uniform(size=0))
        add("normal(1.5, 0.25, 7)", rounded(r.normal(1.5, 0.25, 7)))
        add_state()
        add_word()
        add("normal()", rounded(r.normal()))
        add_state()
        add("normal(-3, 2, (2, 3))", rounded(r.normal(-3, 2, (2, 3))))
        add("normal()", rounded(r.normal()))

        add("booleans", r.randint(0, 2, 77, dtype=bool))
        add_word()
        for n, p in (0, 0.5), (10, 0), (1, 0.5), (10, 0.7), (59, 0.5), (61, 0.5), (1000, 0.97), (5, 1):
            add(f"binomial of {n}", r.binomial(n, p, (3, 7)))
            add(f"binomial of {n}", r.binomial(n, p))
        add("normal(size=3)", rounded(r.normal(size=3)))
        add_word()

        for n in 0, 1, 2, 3, 10, 257, 5000:
            add(f"permutation({n})", r.permutation(n))
        add("permutation of a list", r.permutation([5, 9, 2, 2, 40]))
        add("permutation of rows", r.permutation(np.arange(60).reshape(20, 3)))
        values = list(range(37))
        r.shuffle(values)
        add("shuffle of a list", values)
        rows = np.arange(60.0).reshape(15, 2, 2)
        r.shuffle(rows)
        add("shuffle of rows", rows)
        add_word()

        for m, n in (0, 0), (1, 5), (7, 0), (7, 1), (100, 41):
            add(f"choice({m}, {n})", r.choice(m, n))
        for m, n in (0, 0), (1, 1), (7, 0), (7, 7), (100, 41):
            add(f"choice({m}, {n}, replace=False)", r.choice(m, n, replace=False))
        for m in 1, 2, 11, 300:
            weights = (np.arange(m) * 7919 % 101 + 1.0)**3
            p = weights / weights.sum()
            for n, replace in (50, True), (0, True), (m, False), (m // 2, False):
                add(f"choice({m}, {n}) of weights", r.choice(m, n, replace=replace, p=p))
        p = [0, 0.5, 0, 0.25, 0, 0, 0, 0, 0.25]
        add("choice(9, 3) of weights", r.choice(9, 3, replace=False, p=p))
        add("normal()", rounded(r.normal()))
        add_state()


def random_state(file):
    integers_of_types(file)
    draws_of_state(file)


def hashes(count):
    return (np.arange(count) * 2654435761 + 12345) % 2**32


WEIGHTS = {"double": lambda n: hashes(n) * 0.1,
           "float": lambda n: (hashes(n) >> 8).astype(np.float32) * np.float32(0.1),
           "int32": lambda n: (hashes(n) % 1000).astype(np.int32),
           "uint64": lambda n: hashes(n).astype(np.uint64) << np.uint64(14),
           "uneven": lambda n: np.ldexp(hashes(n).astype(float), -(np.arange(n) % 900))}


def weighted_samplers(file):
    """What Python BatchUp 0.2.3 draws: WeightedSampler divides in Float64, WeightedSubsetSampler in the weights' type."""
    for kind, make in WEIGHTS.items():
        for n in 1, 9, 1000, 100000:
            weights = make(n)
            doubles = weights.astype(float)
            for name, indices, p in (("all", np.arange(n), doubles / doubles.sum()),
                                     ("subset", np.arange(n) * 7 + 3, weights / weights.sum())):
                r = np.random.RandomState(n + 5)
                add = file.trace(f"{kind} weights, {name} of {n}")
                add("700 indices", np.concatenate([r.choice(indices, 100, p=p) for _ in range(7)]), kept=48)
                add("wide word", wide_word(r))
    weights = WEIGHTS["float"](100000)
    doubles = weights.astype(float)
    draws = [np.random.RandomState(8).choice(100000, 10**6, p=p)
             for p in (doubles / doubles.sum(), weights / weights.sum())]
    # Where it shows in which type the weights are divided, and some other places.
    places = [*np.flatnonzero(draws[0] != draws[1])[:100].tolist(), *range(0, 10**6, 9999)]
    for name, drawn in zip(("all", "subset"), draws):
        file.trace(f"float weights, a million of {name}")("indices", drawn, places=places)
    for kind, n, count in (("double", 1, 1), ("double", 9, 1), ("double", 9, 9), ("double", 129, 50),
                           ("double", 129, 129), ("double", 4097, 50), ("double", 4097, 4097), ("int32", 9, 9),
                           ("int32", 129, 50), ("int32", 129, 129), ("int32", 4097, 4093), ("uneven", 9, 9),
                           ("uneven", 129, 129), ("uneven", 4097, 50), ("uneven", 4097, 4097)):
        weights = WEIGHTS[kind](n)
        r = np.random.RandomState(n + 6)
        add = file.trace(f"{kind} weights, {count} of {n} without replacement")
        add("indices", r.choice(n, count, replace=False, p=weights / weights.sum()), kept=100)
        add("wide word", wide_word(r))


def sums(file):
    """Whose last bits show the order in which NumPy adds."""
    for kind in "double", "float":
        weights = WEIGHTS[kind](100000)
        add = file.trace(f"{kind} weights")
        add("the first 0 to 1200", np.array([weights[:n].sum() for n in range(1201)]), kept=400)
        add("all", weights.sum())
    i = np.arange(4200)
    numbers = ((i * 2654435761 % 2**32) / 2**32 - 0.5) * (i % 37 + 1)
    add = file.trace("numbers")
    add("the first 0 to 1499", np.array([numbers[:n].sum() for n in range(1500)]), kept=500)
    for shape in (7, 20, 30), (20, 210):
        for axis in range(len(shape)):
            values = numbers.reshape(shape).sum(axis=axis)
            add(f"axis {axis} of {len(shape)}", values, kept=100)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "Tests/Fixtures/numpy")
    folder.mkdir(parents=True, exist_ok=True)
    for name, fill in (("generator", generator), ("distributions", distributions), ("random-state", random_state),
                       ("weighted-samplers", weighted_samplers), ("sums", sums)):
        file = GoldenFile()
        fill(file)
        (folder / f"{name}.txt").write_text(f"# NumPy {np.__version__}\n{file.text()}")


main()
