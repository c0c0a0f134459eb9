import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "./shown";

const text = (value: string) => shown(value).map((part) => (part.hidden ? `[${part.text}]` : part.text));

test("plain text of any script stays as it is, in one part", () => {
  for (const value of ["Ada", "Zoë Brontë", "محمد", "李雷", "👩‍🚀", "می‌خواهم", "<b>&amp;</b>"]) {
    assert.deepEqual(text(value), [value]);
  }
  assert.deepEqual(text(""), []);
});

test("what cannot be seen is named where it stands", () => {
  assert.deepEqual(text("a\u202Eb\u0000"), ["a", "[U+202E]", "b", "[U+0000]"]);
  assert.deepEqual(text("\u2066\uFEFF"), ["[U+2066]", "[U+FEFF]"]);
  assert.deepEqual(text("line\nend\u2028"), ["line", "[U+000A]", "end", "[U+2028]"]);
  assert.deepEqual(text("tag\u{E0041}"), ["tag", "[U+E0041]"]);
  assert.deepEqual(text("half\uD83D"), ["half", "[U+D83D]"]);
});
