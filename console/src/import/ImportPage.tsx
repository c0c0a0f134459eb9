export default function ImportPage({ id }: { id: string }) {
  return <p>{id}</p>;
}
