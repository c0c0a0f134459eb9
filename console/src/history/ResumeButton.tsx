import { useMutation } from "urql";
import { useLocation } from "wouter";
import { ResumeDocument } from "../gql/graphql";
import { importPath } from "../import/path";
import { Button } from "../ui/Button";

interface Props {
  id: string;
  fileName: string;
  look?: "primary" | "plain";
}

/** Leads to the import, and tells the others who works on it now. */
export function ResumeButton({ id, fileName, look = "plain" }: Props) {
  const [{ fetching }, resume] = useMutation(ResumeDocument);
  const [, navigate] = useLocation();
  return (
    <Button
      look={look}
      busy={fetching}
      aria-label={`Resume ${fileName}`}
      onClick={async () => {
        // Whatever the answer is, the import's page says how it stands.
        await resume({ id });
        navigate(importPath(id));
      }}
    >
      Resume
    </Button>
  );
}
