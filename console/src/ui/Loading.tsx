/** Shown while something is on its way; only after a moment, as what comes quickly needs no words. */
export function Loading() {
  return (
    <p className="loading" role="status">
      Loading…
    </p>
  );
}
