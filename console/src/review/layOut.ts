/** A stretch of a bar. */
export interface Stretch<Name extends string> {
  name: Name;
  from: number;
  length: number;
}

/**
 * Lays parts along a bar of `width`. A part that is there at all is at least `least` long, so that it is seen; the
 * others make room for it.
 */
export function layOut<Name extends string>(
  parts: readonly { name: Name; count: number }[],
  width: number,
  least: number,
): Stretch<Name>[] {
  const there = parts.filter(({ count }) => count > 0);
  const total = there.reduce((sum, { count }) => sum + count, 0);
  const small = there.filter(({ count }) => (count / total) * width < least);
  const largeTotal = total - small.reduce((sum, { count }) => sum + count, 0);
  const largeWidth = width - small.length * least;
  let from = 0;
  return there.map((part) => {
    const length = small.includes(part) ? least : (part.count / largeTotal) * largeWidth;
    const stretch = { name: part.name, from, length };
    from += length;
    return stretch;
  });
}
