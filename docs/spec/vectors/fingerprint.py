"""Computes vectors of docs/spec/fingerprint.md from its text alone: sections 3.1 (binary16 and binary64) and 12, and those of 8, 9 and 13 on the way.

    python3 docs/spec/vectors/fingerprint.py       needs the package cryptography for AES

It shares no code with the library, whose tests compare themselves with what it prints. Numbers are Python's floats, which are binary64;
f32 and f16 round to binary32 and binary16, ties to even.
"""

import hashlib
import hmac
import math
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

V = 128


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def f16(x):
    return struct.unpack("<e", struct.pack("<e", x))[0]


def bits(x, code):
    return struct.pack({"f": ">f", "e": ">e", "d": ">d"}[code], x).hex()


def above(x, code):
    """The next number of a format above x."""
    size = {"f": 4, "e": 2, "d": 8}[code]
    number = int.from_bytes(struct.pack(">" + code, x), "big")
    sign = 1 << (8 * size - 1)
    if number & sign:
        number = number - 1 if number != sign else 1
    else:
        number += 1
    return struct.unpack(">" + code, number.to_bytes(size, "big"))[0]


def carrier_key():
    """Section 1, with the keys of section 6."""
    info = b"oml/carrier/v1" + bytes(range(0x40, 0x60)) + bytes(range(1, 9))
    extracted = hmac.new(bytes(32), bytes(range(32)), hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def aes(key, block):
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


KEY = carrier_key()
STREAM = aes(KEY[:16], bytes(16))
SIGNS = [1 - 2 * (STREAM[i // 8] >> (i % 8) & 1) for i in range(V)]


def total(values):
    """Sixteen partial sums, as section 8 has them."""
    sums = [0.0] * 16
    for i, x in enumerate(values):
        sums[i % 16] += x
    for step in (8, 4, 2, 1):
        for j in range(step):
            sums[j] += sums[j + step]
    return sums[0]


def logits(z, amplitude):
    """Section 3; the rows here have no masks and no flat samples."""
    samples = [z[k * (V // 7)] for k in range(7)]
    step = f32(f32(amplitude) * f32(max(samples) - min(samples)))
    top = above(f32(max(z) + step), "f")
    return [top if x == max(z) else f32(x + s * step) for x, s in zip(z, SIGNS)]


def probabilities(p, strength):
    """Section 8."""
    u, d = f32(math.exp(strength)), f32(math.exp(-strength))
    a, b = (u + d) / 2, (u - d) / 2
    largest = max(p)
    sum_p = total(p)
    signed = total([s * x for s, x in zip(SIGNS, p)])
    for x, s in zip(p, SIGNS):
        if x == largest and s < 0:
            signed += 2 * largest
    k = sum_p / (a * sum_p + b * signed)
    g, h = f32(a * k), f32(b * k)
    return [above(f32(largest * f32(g + h)), "f") if x == largest else f32(x * f32(g + s * h)) for x, s in zip(p, SIGNS)]


def embedding(y, error):
    """Section 9."""
    c = 1 - error
    t = math.sqrt((1 - c) * (1 + c))
    q = total([x * x for x in y])
    a = total([s * x for s, x in zip(SIGNS, y)])
    x = V - a * a / q
    g, h = f32(c - t * a / math.sqrt(q * x)), f32(t * math.sqrt(q / x))
    return [f32(f32(g * e) + s * h) for e, s in zip(y, SIGNS)]


def values(y, error):
    """Section 13."""
    e = f32(error)
    return [f32(x * f32(1 + s * e)) for x, s in zip(y, SIGNS)]


def half(row, marked, keeps_top):
    """Section 3.1, binary16."""
    clamped = [f16(min(max(x, -65504.0), 65504.0)) for x in marked]
    return [above(m, "e") if keeps_top and x == max(row) else m for x, m in zip(row, clamped)]


def double(row, narrow, marked, is_factor, keeps_top):
    """Section 3.1, binary64."""
    results = [(y * (m / f) if f != 0 else y) if is_factor else y + (m - f) for y, f, m in zip(row, narrow, marked)]
    top = above(max(results), "d")
    return [top if keeps_top and y == max(row) else r for y, r in zip(row, results)]


def show(name, row, code):
    print(f"{name:24}", *(bits(x, code) for x in row[:6]), "…", bits(row[-1], code))


def coin(first, second, third):
    """Section 12."""
    number = (1 << 63) + (first << 40) + (second << 20) + third
    return aes(KEY[16:], number.to_bytes(8, "big") + bytes(8))[:4]


def main():
    ramp = [(i - 50) / 8 for i in range(V)]
    fine = [(i - 50) / 7 for i in range(V)]
    shares = [(i + 1) / 8256 for i in range(V)]
    kinds = [
        ("logits", lambda row: logits(row, 0.01), ramp, fine, False, True),
        ("probabilities", lambda row: probabilities(row, 0.05), shares, shares, True, True),
        ("embeddings", lambda row: embedding(row, 1e-3), ramp, fine, False, False),
        ("values", lambda row: values(row, 1e-3), ramp, fine, True, False),
    ]
    print("carrier key", KEY.hex(), "block 0", STREAM.hex())
    for name, mark, coarse, row, is_factor, keeps_top in kinds:
        show(name + ", binary32", mark([f32(x) for x in coarse]), "f")
        halves = [f16(x) for x in coarse]
        show(name + ", binary16", half(halves, mark(halves), keeps_top), "e")
        narrow = [f32(x) for x in row]
        show(name + ", binary64", double(row, narrow, mark(narrow), is_factor, keeps_top), "d")
    for classes in ((2, 0, 1), (2, 1, 0), (40, 7, 41), (213, 5, 99), (1048575, 0, 1048574)):
        print("coin", classes, coin(*classes).hex())


main()
