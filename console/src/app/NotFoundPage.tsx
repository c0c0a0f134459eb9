import { Link } from "wouter";
import { PageHeading } from "../ui/Heading";

export default function NotFoundPage() {
  return (
    <>
      <PageHeading title="There is no such page" />
      <p>
        The address may have been cut. All imports are in the <Link href="/">history</Link>.
      </p>
    </>
  );
}
