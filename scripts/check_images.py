"""Compares the pixels that BatchUpImages decodes with Pillow's. `write` makes files in a folder, PillowFilesTests writes
the pixels of each beside it as .npy (rgb: size of the file; gray; half: half its size, rounded up), and `compare` compares
them. `view` draws a sheet, and looks for the images in it."""

import pathlib
import subprocess
import sys

import numpy
from PIL import Image, ImageOps

SIZES = [(1, 1), (7, 5), (16, 16), (33, 20), (120, 91)]


def picture(width, height, channels, rng):
    """Smooth, with noise: what JPEG is made for."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [128 + 100 * numpy.sin((x * (c + 2) + y * 3) / 17 + c) + rng.normal(0, 5, x.shape) for c in range(channels)]
    pixels = numpy.clip(numpy.stack(planes, axis=2), 0, 255).astype(numpy.uint8)
    return pixels[:, :, 0] if channels == 1 else pixels


def with_orientation(image, orientation):
    exif = image.getexif()
    exif[0x0112] = orientation
    return exif


def write(folder):
    rng = numpy.random.default_rng(12345)
    for number, (width, height) in enumerate(SIZES):
        rgb = Image.fromarray(picture(width, height, 3, rng))
        gray = Image.fromarray(picture(width, height, 1, rng))
        rgba = Image.fromarray(picture(width, height, 4, rng), "RGBA")

        def save(image, name, **options):
            image.save(folder / f"{number}-{name}", **options)

        for sampling in (0, 1, 2):
            save(rgb, f"sampling{sampling}.jpg", quality=85, subsampling=sampling)
        save(rgb, "progressive.jpg", quality=70, progressive=True)
        save(rgb, "optimized.jpg", quality=95, optimize=True)
        save(rgb, "restarts.jpg", quality=85, restart_marker_blocks=2)
        save(gray, "gray.jpg", quality=85)
        save(gray, "gray-progressive.jpg", quality=85, progressive=True)
        save(rgb.convert("CMYK"), "inks.jpg", quality=90)
        for orientation in range(1, 9):
            save(rgb, f"orientation{orientation}.jpg", quality=85, exif=with_orientation(rgb, orientation))
            save(rgb, f"orientation{orientation}.png", exif=with_orientation(rgb, orientation))
        save(rgb, "rgb.png")
        save(rgba, "rgba.png")
        save(gray, "gray.png")
        save(rgba.convert("LA"), "gray-alpha.png")
        save(gray.convert("1"), "bits.png")
        save(rgb, "transparent.png", transparency=tuple(int(c) for c in numpy.asarray(rgb)[0, 0]))
        for colors, bits in ((2, 1), (4, 2), (16, 4), (256, 8)):
            save(rgb.quantize(colors), f"palette{colors}.png", bits=bits)
        deep = (numpy.asarray(gray).astype(numpy.uint16) * 251 + 77).astype(numpy.uint16)
        save(Image.fromarray(deep), "deep.png")


def rounded_to_bytes(deep):
    return ((deep.astype(numpy.int64) * 255 * 2 + 65535) // (2 * 65535)).astype(numpy.uint8)


def expected(path):
    """Red, green and blue, and gray, as Pillow has them."""
    image = Image.open(path)
    if image.mode.startswith("I"):  # which Pillow cuts off instead of rounding it
        gray = rounded_to_bytes(numpy.asarray(image))
        return numpy.stack([gray] * 3, axis=2), gray
    rgb = numpy.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    if path.suffix == ".jpg" and image.mode == "RGB":
        # The luma of the file, before it becomes colours.
        again = Image.open(path)
        again.draft("L", None)
        return rgb, numpy.asarray(ImageOps.exif_transpose(again).convert("L"))
    return rgb, numpy.asarray(ImageOps.exif_transpose(image).convert("RGB").convert("L"))


def difference(found, wanted):
    assert found.shape == wanted.shape, (found.shape, wanted.shape)
    return int(numpy.abs(found.astype(int) - wanted.astype(int)).max())


def compare(folder):
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".jpg", ".png"))
    worst = {".jpg": 0, ".png": 0}
    wrong = []
    for path in paths:
        rgb, gray = expected(path)
        for kind, wanted in (("rgb", rgb), ("gray", gray)):
            largest = difference(numpy.load(f"{path}.{kind}.npy"), wanted)
            worst[path.suffix] = max(worst[path.suffix], largest)
            # Pillow may come with another build of libjpeg, whose inverse transform and colours are the same, but whose
            # upsampling of subsampled colours may be off by a level or two.
            if largest > (2 if path.suffix == ".jpg" else 0):
                wrong.append(f"{path.name}, {kind}: differs by up to {largest}")
        half = numpy.load(f"{path}.half.npy")
        if path.suffix == ".png" and rgb.shape[0] % 2 == 0 and rgb.shape[1] % 2 == 0:
            blocks = rgb.astype(int).reshape(rgb.shape[0] // 2, 2, rgb.shape[1] // 2, 2, 3).sum(axis=(1, 3))
            if difference(half, (blocks + 2) // 4):
                wrong.append(f"{path.name}: its half is not the mean of each four pixels")
    print(f"{len(paths)} files compared with Pillow; largest difference: PNG {worst['.png']}, JPEG {worst['.jpg']}")
    if wrong:
        sys.exit("\n".join(wrong))


def view(folder, batchup):
    """The first 12 of 20 images of 28 x 28 pixels, each three times as large, 5 in a row."""
    rng = numpy.random.default_rng(1)
    images = rng.integers(0, 256, (20, 3, 28, 28), dtype=numpy.uint8)
    numpy.save(folder / "images.npy", images)
    sheet = folder / "sheet.png"
    subprocess.run(
        [batchup, "view", folder / "images.npy", "--count", "12", "--columns", "5", "--size", "84", "--output", sheet],
        check=True)
    pixels = numpy.asarray(Image.open(sheet))
    assert pixels.shape == (3 * 90 + 6, 5 * 90 + 6, 3), pixels.shape
    for i in range(12):
        left, top = 6 + i % 5 * 90, 6 + i // 5 * 90
        wanted = images[i].transpose(1, 2, 0).repeat(3, axis=0).repeat(3, axis=1)
        assert (pixels[top:top + 84, left:left + 84] == wanted).all(), i
    print("The sheet shows the images.")


if __name__ == "__main__":
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    {"write": lambda: write(folder), "compare": lambda: compare(folder), "view": lambda: view(folder, sys.argv[3])}[command]()
