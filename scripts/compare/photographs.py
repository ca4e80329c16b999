"""JPEG files for the comparison, and how Pillow reads them."""
import os
import pathlib

import numpy as np
from PIL import Image

COUNT, WIDTH, HEIGHT = 256, 500, 375


def make(folder):
    """Waves with some noise, in two classes; ten different ones, since more would only take longer to make."""
    generator = np.random.default_rng(1)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    for i in range(COUNT):
        path = pathlib.Path(folder, "even" if i % 2 == 0 else "odd", f"{i:03}.jpg")
        path.parent.mkdir(parents=True, exist_ok=True)
        if i >= 10:
            os.link(path.parent / f"{i % 10:03}.jpg", path)
            continue
        level = np.full((HEIGHT, WIDTH), 128.0)
        for k in range(1, 13):
            a, b = generator.uniform(-0.01 * k, 0.01 * k, 2)
            level += 60 / k * np.sin(2 * np.pi * (a * x + b * y))
        pixels = level[:, :, None] * [1, 0.9, 0.7] + generator.uniform(-6, 6, (HEIGHT, WIDTH, 3))
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=85)


def listed(folder):
    paths = sorted(pathlib.Path(folder).glob("*/*.jpg"))
    return [str(path) for path in paths], np.array([int(path.parent.name == "odd") for path in paths], np.int32)


def loaded(path):
    """Float32 numbers from 0 to 1, of shape (3, 224, 224)."""
    with Image.open(path) as image:
        image.draft("RGB", (224, 224))
        pixels = np.asarray(image.convert("RGB").resize((224, 224), Image.BILINEAR, reducing_gap=2.0))
    return pixels.transpose(2, 0, 1).astype(np.float32) * np.float32(1 / 255)
