import type { Import } from "../import/ImportPage";
export function ReviewPage({ shown }: { shown: Import }) {
  return <p>{shown.id}</p>;
}
