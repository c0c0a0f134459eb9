import { UploadButton } from "../upload/UploadButton";

/** The history of a tenant that has not imported anything. */
export function HistoryEmpty() {
  return (
    <section className="empty-page">
      <h2>No imports yet</h2>
      <p className="muted">
        Upload the roster that your HR system or CRM exports, as CSV. You then check how its columns map to profile
        fields, and review what it implies for each member, before anything changes.
      </p>
      <UploadButton />
      <p className="muted">Or drop a file anywhere on this page.</p>
    </section>
  );
}
