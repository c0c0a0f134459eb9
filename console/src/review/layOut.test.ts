import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "./layOut";

const part = (name: string, count: number) => ({ name, count });

test("parts take their share, and nothing takes none", () => {
  assert.deepEqual(layOut([part("a", 1), part("none", 0), part("b", 3)], 100, 4), [
    { name: "a", from: 0, length: 25 },
    { name: "b", from: 25, length: 75 },
  ]);
  assert.deepEqual(layOut([], 100, 4), []);
  assert.deepEqual(layOut([part("none", 0)], 100, 4), []);
});

test("one of a million is seen, and the whole stays whole", () => {
  const stretches = layOut([part("few", 1), part("some", 2), part("many", 1_000_000)], 100, 4);
  assert.deepEqual(
    stretches.map(({ length }) => length),
    [4, 4, 92],
  );
  assert.equal(stretches[2]?.from, 8);
});
